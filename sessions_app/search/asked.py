"""What somebody typed, taken apart: words, "phrases", -excluded words, and names that mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sessions_app.search.words import FoundWord, words_of

LONGEST = 400
"""Characters that are read of what was typed."""
MOST = 12
"""Words and phrases that are searched for at once; who types more is looking for the first ones."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<bare>[^\s"]+))')

Names = Sequence[Sequence[str]]
"""For each character the names that mean it."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other.

    Attributes:
        words: folded.
        begins: whether the last word may be the beginning of a longer one.
        is_exact: whether only these words are meant, and not other forms of theirs.
    """

    words: tuple[str, ...]
    begins: bool = False
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that a line must hold, or must not: any of some terms.

    Attributes:
        typed: as it was typed.
        terms: any of which does.
        excluded: whether a line that holds one is left out.
    """

    typed: str
    terms: tuple[Term, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a line must hold, and what names stand for."""

    wanted: tuple[Wanted, ...]
    known_as: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is no word in it, so that only filters decide."""
        return not self.wanted


def read(text: str, names: Names = (), *, typing: bool = False) -> Asked:
    """Returns what ``text`` asks for.

    Args:
        text: as it was typed, by anybody.
        names: of the campaign's characters.
        typing: whether the last word may still be growing.

    >>> [each.terms[0].words for each in read('de "oude poort" -trol').wanted]
    [('de',), ('oude', 'poort'), ('trol',)]
    """
    text = text[:LONGEST].translate(_QUOTES)
    parts = list(_parts(text))[:MOST]
    meant = _meant(parts, names)
    wanted: list[Wanted] = []
    known_as: list[tuple[str, tuple[str, ...]]] = []
    at = 0
    while at < len(parts):
        count, others = meant.get(at, (1, ()))
        here = parts[at : at + count]
        is_last = typing and at + count == len(parts) and not text.endswith(('"', " "))
        term = Term(
            tuple(word for part in here for word in part.words),
            begins=is_last and not here[-1].quoted,
            is_exact=here[0].quoted or len(here[0].words) > 1 or count > 1,
        )
        typed = " ".join(part.typed for part in here)
        terms = [term, *(Term(tuple(word.folded for word in words_of(other))) for other in others)]
        wanted.append(Wanted(typed, tuple(dict.fromkeys(terms)), here[0].excluded))
        if others:
            known_as.append((typed, tuple(others)))
        at += count
    return Asked(tuple(wanted), tuple(known_as))


@dataclass(frozen=True, slots=True)
class _Part:
    typed: str
    words: tuple[str, ...]
    quoted: bool
    excluded: bool


def _parts(text: str) -> Iterator[_Part]:
    for match in _PART.finditer(text):
        typed = match["phrase"] if match["phrase"] is not None else match["bare"]
        found: list[FoundWord] = list(words_of(typed))
        if found:
            words = tuple(word.folded for word in found)
            yield _Part(typed.strip(), words, match["phrase"] is not None, bool(match["minus"]))


def _meant(parts: list[_Part], names: Names) -> dict[int, tuple[int, tuple[str, ...]]]:
    """Returns at which parts a name begins, of how many parts it is, and the other names of whom it means."""
    known: dict[tuple[str, ...], dict[str, None]] = {}
    for of_one in names:
        folded = {name: tuple(word.folded for word in words_of(name)) for name in of_one}
        for name, words in folded.items():
            if words:
                others = [other for other in of_one if other != name and folded[other] not in ((), words)]
                known.setdefault(words, {}).update(dict.fromkeys(others))
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    at = 0
    while at < len(parts):
        step = 1
        for count in range(len(parts) - at, 0, -1):
            here = parts[at : at + count]
            plain = count == 1 or not any(part.quoted or part.excluded for part in here)
            same = known.get(tuple(word for part in here for word in part.words)) if plain else None
            if same:
                found[at] = (count, tuple(same))
                step = count
                break
        at += step
    return found


def holds(wanted: Wanted, words: Sequence[FoundWord]) -> list[tuple[int, int]]:
    """Returns where a line with these words holds what is wanted: first and last word of each place."""
    return [place for term in wanted.terms for place in _places(term, words)]


def _places(term: Term, words: Sequence[FoundWord]) -> Iterator[tuple[int, int]]:
    length = len(term.words)
    for at in range(len(words) - length + 1):
        here = tuple(word.folded for word in words[at : at + length])
        is_begun = term.begins and here[-1].startswith(term.words[-1])
        if here == term.words or (is_begun and here[:-1] == term.words[:-1]):
            yield at, at + length - 1
