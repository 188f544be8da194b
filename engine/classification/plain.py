"""Lines with their names taken out, so that nothing is learnt about the people of one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.classification.values import CastMember, SpokenLine
from engine.classification.words import tokens_of

CHARACTER = "xcharx"
PERSON = "xplayerx"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - apostrophes as recognisers write them
_SMALLEST_NAME = 3


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line, or a clause of one, as it is judged.

    Attributes:
        text: what was said, with marks in the place of names.
        tokens: its words and numbers, in lower case.
        speaker: who says it.
        is_dm: whether that is the game master.
        is_player: whether that is somebody else at the table.
        names_own_character: whether the speaker's own character is named in it.
    """

    text: str
    tokens: tuple[str, ...]
    speaker: str = ""
    is_dm: bool = False
    is_player: bool = False
    names_own_character: bool = False


def plain_lines(lines: Sequence[SpokenLine], cast: Sequence[CastMember]) -> list[PlainLine]:
    """Returns ``lines`` with marks in the place of the names of players and of their characters.

    >>> lines = [SpokenLine("Anna", "player", "Mira waves at Ben.", character="Mira"), SpokenLine("Ben", "dm", "Hi!")]
    >>> plain_lines(lines, [])[0].text
    'xcharx waves at xplayerx.'
    """
    people = _name_words([line.speaker for line in lines] + [member.player for member in cast])
    characters = _name_words([line.character for line in lines] + _played(cast)) - people
    names = _any_of(characters | people)
    own = {name: _name_words([name]) for name in {line.character for line in lines}}

    def mark(found: re.Match[str]) -> str:
        return PERSON if found.group().lower() in people else CHARACTER

    plain = []
    for line in lines:
        named = {found.lower() for found in names.findall(line.text)} if names else set()
        text = names.sub(mark, line.text) if names and named else line.text
        plain.append(
            PlainLine(
                text=text,
                tokens=tuple(tokens_of(text)),
                speaker=line.speaker,
                is_dm=line.role == "dm",
                is_player=line.role in ("player", "guest"),
                names_own_character=not named.isdisjoint(own[line.character]),
            )
        )
    return plain


def _played(cast: Sequence[CastMember]) -> list[str]:
    """Returns the names of the characters that players play."""
    return [
        name
        for member in cast
        if member.role in ("player", "companion")
        for name in (member.name, *member.aliases)
    ]


def _name_words(names: Iterable[str]) -> set[str]:
    """Returns the words of ``names`` that tell somebody apart: of "Grog the Wise" not "the"."""
    return {
        word.lower()
        for name in names
        for word in _WORD.findall(name)
        if len(word) >= _SMALLEST_NAME and word[0].isupper()
    }


def _any_of(words: set[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
