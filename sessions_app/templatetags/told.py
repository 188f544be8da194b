"""Shows what the engine and workers told, in the reader's language.

>>> in_words("The file is empty."), in_words(None)
('The file is empty.', '')
"""

from __future__ import annotations

from django import template

from sessions_app import told

register = template.Library()


@register.filter
def in_words(text: str | None) -> str:
    """Returns ``text`` in the present language; nothing for nothing."""
    return told.in_words(text) if text else ""
