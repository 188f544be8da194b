"""Groups of words that tell story from table, read from ``words/LANGUAGE.toml``; features count them in lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from engine.values import Language

FOLDER = Path(__file__).parent / "words"
SHARED = "en"
"""Rules are spoken of in English at tables of every language."""
_TOKEN = re.compile(r"[^\W\d_][\w&'’-]*|\d+(?:d\d+)?", re.UNICODE)  # noqa: RUF001 - apostrophes as recognisers write them
_LONGEST_PHRASE = 3
_LAUGHED = re.compile(r"(.)\1{2,}")


def tokens_of(text: str) -> list[str]:
    """Returns the words and numbers of ``text``, in lower case, with letters that are drawn out said once or twice.

    >>> tokens_of("Noooo, that's 2d6!")
    ['noo', "that's", '2d6']
    """
    lowered = _LAUGHED.sub(r"\1\1", text.lower().replace("’", "'"))  # noqa: RUF001
    return [token.strip("'-") for token in _TOKEN.findall(lowered)]


class WordGroups:
    """The groups of one language."""

    def __init__(self, language: Language) -> None:
        groups = _read(language)
        groups["rules"] += [word for word in _read(SHARED)["rules"] if word not in groups["rules"]]
        self.names = tuple(groups)
        self._exact: dict[str, set[int]] = {}
        self._starts: dict[str, set[int]] = {}
        for place, words in enumerate(groups.values()):
            for word in words:
                table = self._starts if word.endswith("*") else self._exact
                table.setdefault(word.rstrip("*").replace("_", " "), set()).add(place)
        self._shortest = min(map(len, self._starts), default=1)
        self._known: dict[str, tuple[int, ...]] = {}

    def counts(self, tokens: Sequence[str]) -> list[int]:
        """Returns how many words or phrases of each group are among ``tokens``, in the order of ``names``."""
        found = [0] * len(self.names)
        for at in range(len(tokens)):
            for length in range(1, _LONGEST_PHRASE + 1):
                if at + length <= len(tokens):
                    for place in self._places(" ".join(tokens[at : at + length])):
                        found[place] += 1
        return found

    def _places(self, phrase: str) -> tuple[int, ...]:
        if phrase not in self._known:
            places = set(self._exact.get(phrase, ()))
            for end in range(self._shortest, len(phrase) + 1):
                places |= self._starts.get(phrase[:end], set())
            self._known[phrase] = tuple(places)
        return self._known[phrase]


@cache
def word_groups(language: Language) -> WordGroups:
    """Returns the groups of ``language``."""
    return WordGroups(language)


def is_number(token: str) -> bool:
    """Returns whether ``token`` is a number, in digits or as a word of any language.

    >>> is_number("seventeen"), is_number("sword")
    (True, False)
    """
    return token.isdigit() or token in _number_words()


@cache
def _number_words() -> frozenset[str]:
    return frozenset(word for file in FOLDER.glob("*.toml") for word in _read(file.stem)["numbers"])


def _read(language: str) -> dict[str, list[str]]:
    text = (FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return {name: words.split() for name, words in tomllib.loads(text).items()}
