"""The clauses of a line: where one is of the story and another of the table, the line is both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.classification.plain import PlainLine
from engine.classification.words import tokens_of

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_CLAUSE = re.compile(r"(?<=[.!?…,;:])\s+|\s+(?=(?:en|dus|maar|want|dan|and|so|but|then)\s)")
_WORDS_OF_SENTENCE = 3
_WORDS_OF_CLAUSE = 4


def clauses_of(lines: Sequence[PlainLine]) -> tuple[list[PlainLine], list[int]]:
    """Returns the clauses of those lines that have several, and of which line each is.

    >>> lines = [PlainLine("Fine.", ()), PlainLine("I draw my sword, but do I roll for that?", ())]
    >>> clauses, places = clauses_of(lines)
    >>> [clause.text for clause in clauses], places
    (['I draw my sword,', 'but do I roll for that?'], [1, 1])
    """
    found: list[PlainLine] = []
    places: list[int] = []
    for place, line in enumerate(lines):
        parts = _parts(line.text)
        if len(parts) > 1:
            found += [replace(line, text=part, tokens=tuple(tokens_of(part))) for part in parts]
            places += [place] * len(parts)
    return found, places


def _parts(text: str) -> list[str]:
    """Returns the sentences of ``text``; of a single one its clauses. What is too short to say much is left out."""
    parts = [part for part in _SENTENCE.split(text) if len(part.split()) >= _WORDS_OF_SENTENCE]
    if len(parts) < 2:
        parts = [part for part in _CLAUSE.split(text) if len(part.split()) >= _WORDS_OF_CLAUSE]
    return parts
