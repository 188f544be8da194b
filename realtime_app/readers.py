"""In which language the person at the other end of a socket reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scribe_site.languages import language_of


def reader_of(scope: Mapping[str, Any]) -> str:
    """Returns the language that the person of ``scope`` chose, else the one that their browser asks for.

    >>> reader_of({"headers": [(b"accept-language", b"nl-BE,en;q=0.5")]})
    'nl'
    """
    chosen = getattr(scope.get("user"), "interface_language", "")
    accepted = next((value for name, value in scope.get("headers", ()) if name == b"accept-language"), b"")
    return language_of(chosen, accepted.decode("latin-1"))
