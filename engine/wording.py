"""Marks the engine's texts that people read, so that an application can hold translations of them."""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Returns ``text`` as it is; by this name the tool that gathers texts to translate finds it.

    >>> gettext_noop("Detecting speech")
    'Detecting speech'
    """
    return text
