"""Puts what the engine and workers told into words, in the language of whoever reads it; called by pages and forms.

>>> from engine.told import Told
>>> in_words(Told("%(limit)s devices record already.", limit=3))
'3 devices record already.'
"""

from __future__ import annotations

from django.utils.formats import localize
from django.utils.translation import gettext

from engine.told import Told, Value
from sessions_app.models.told import told


def in_words(text: str) -> str:
    """Returns ``text``, told just now or kept with a row, in the present language; values as it writes them."""
    said = text if isinstance(text, Told) else told(text)
    if not said:
        return ""
    template = gettext(said.template)
    return (
        template % {name: _shown(value) for name, value in said.values.items()} if said.values else template
    )


def _shown(value: Value) -> str:
    if isinstance(value, Told):
        return in_words(value)
    return value if isinstance(value, str) else str(localize(value))
