"""Words as they are searched for: without case and accents; and what they have in common, in Dutch and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_STEMMERS = {
    # Each knows what the other does not: draak and draken, lopen and gelopen; zwaard and zwaarden.
    "nl": (Stemmer.Stemmer("dutch"), Stemmer.Stemmer("dutch_porter")),
    "en": (Stemmer.Stemmer("english"),),
}


class FoundWord(NamedTuple):
    """A word of a text: how it is searched for, and where it stands."""

    folded: str
    start: int
    end: int


@lru_cache(maxsize=100_000)
def folded(word: str) -> str:
    """Returns ``word`` without case and accents.

    >>> folded("Café"), folded("Ærlig"), folded("ĳs")
    ('cafe', 'ærlig', 'ijs')
    """
    return _bare(_bare(word).casefold())


def _bare(word: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", word)))


@lru_cache(maxsize=200_000)
def stems(word: str, language: str) -> tuple[str, ...]:
    """Returns the stems of a folded word, one by each stemmer of the language; none where it has no stemmer here.

    >>> stems("goblins", "en"), stems("zwaarden", "nl"), stems("goblins", "de")
    (('goblin',), ('zwaar', 'zwaard'), ())
    """
    return tuple(stemmer.stemWord(word) for stemmer in _STEMMERS.get(language, ()))


def words_of(text: str) -> Iterator[FoundWord]:
    """Yields the words of ``text``; an apostrophe or a hyphen divides words."""
    for match in _WORD.finditer(text):
        if word := folded(match[0]):
            yield FoundWord(word, match.start(), match.end())


def folded_text(text: str) -> str:
    """Returns the words of ``text`` with single spaces between, as they are indexed."""
    return " ".join(word.folded for word in words_of(text))
