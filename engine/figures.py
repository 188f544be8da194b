"""What an evening comes to in figures: who talked for how long, as whom, in and out of the story, and of what."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeVar

from engine.classification.scenes import Scene, SceneLine, scenes
from engine.classification.values import Label

LONGEST_SCENES = 5
"""How many of the longest scenes are told."""

NameKind = Literal["character", "person"]

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line, as far as figures depend on it.

    Attributes:
        start_ms: where it starts in the session.
        end_ms: where it ends.
        text: what is said; empty for speech without words.
        label: story, table talk or both; None where nobody and nothing has said so.
        voice: whose line it is, one number per person; None where nobody's.
        character: whom that person speaks as; empty where they are nobody but themselves.
    """

    start_ms: int
    end_ms: int
    text: str
    label: Label | None = None
    voice: int | None = None
    character: str = ""

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Tally:
    """How much some lines are. Lines at the same time each count in full, so that all of it may exceed the evening.

    Attributes:
        talk_ms: how long they last.
        ic_ms: how long those last that are in character.
        ooc_ms: how long those last that are out of character.
        mixed_ms: how long those last that are both.
        turns: how many times the talk came to those who say them.
        lines: how many of them hold words.
        words: how many words those hold.
    """

    talk_ms: int = 0
    ic_ms: int = 0
    ooc_ms: int = 0
    mixed_ms: int = 0
    turns: int = 0
    lines: int = 0
    words: int = 0

    @property
    def unlabelled_ms(self) -> int:
        """How long those last of which nobody and nothing has said what they are."""
        return self.talk_ms - self.ic_ms - self.ooc_ms - self.mixed_ms

    @property
    def words_per_line(self) -> float:
        """How many words a line holds on average."""
        return round(self.words / self.lines, 1) if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class SpeakerTally:
    """What one person said; nobody's lines have no voice."""

    voice: int | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class CharacterTally:
    """What was said as one character, and the person who says most of it."""

    name: str
    voice: int | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom people may speak of.

    Attributes:
        name: the name to print.
        kind: one of the story, or one at the table.
        forms: what they are called beside their name.
    """

    name: str
    kind: NameKind
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameCount:
    """How many times somebody's name was said, by any of its forms."""

    name: str
    kind: NameKind
    times: int


@dataclass(frozen=True, slots=True)
class Figures:
    """An evening in figures.

    Attributes:
        whole: all lines.
        speakers: by person, the most talkative first; nobody's lines last.
        characters: by character, the most talkative first.
        scenes: the longest scenes, the longest first; breaks are none.
        names: who was named, the most often named first.
    """

    whole: Tally
    speakers: tuple[SpeakerTally, ...]
    characters: tuple[CharacterTally, ...]
    scenes: tuple[Scene, ...]
    names: tuple[NameCount, ...]


def figures(lines: Sequence[FigureLine], cast: Iterable[Named]) -> Figures:
    """Returns the figures of a session.

    Args:
        lines: all of it, in the order of time.
        cast: whose names are counted; where two share a form, it is the first one's.
    """
    by_voice = _by(lines, [line.voice for line in lines])
    by_character = _by(lines, [line.character for line in lines])
    by_character.pop("", None)
    players = _players(lines)
    speakers = [SpeakerTally(voice, tally) for voice, tally in by_voice.items()]
    characters = [CharacterTally(name, players[name], tally) for name, tally in by_character.items()]
    told = scenes([SceneLine(line.start_ms, line.end_ms, line.label, line.voice) for line in lines])
    played = sorted((scene for scene in told if scene.kind != "break"), key=lambda scene: -scene.duration_ms)
    return Figures(
        whole=_tally(lines, turns=sum(each.turns for each in by_voice.values())),
        speakers=tuple(sorted(speakers, key=lambda each: (each.voice is None, -each.tally.talk_ms))),
        characters=tuple(sorted(characters, key=lambda each: -each.tally.talk_ms)),
        scenes=tuple(played[:LONGEST_SCENES]),
        names=tuple(count_names((line.text for line in lines), cast)),
    )


def _by(lines: Sequence[FigureLine], keys: Sequence[Key]) -> dict[Key, Tally]:
    """Returns the lines' tallies by key, in the order in which the keys come up."""
    turns = Counter(key for key, _ in groupby(keys))
    parts: dict[Key, list[FigureLine]] = {key: [] for key in turns}
    for key, line in zip(keys, lines, strict=True):
        parts[key].append(line)
    return {key: _tally(part, turns[key]) for key, part in parts.items()}


def _tally(lines: Sequence[FigureLine], turns: int) -> Tally:
    ms: Counter[Label | None] = Counter()
    for line in lines:
        ms[line.label] += line.duration_ms
    words = [len(line.text.split()) for line in lines if line.text]
    return Tally(
        talk_ms=ms.total(),
        ic_ms=ms["IC"],
        ooc_ms=ms["OOC"],
        mixed_ms=ms["MIXED"],
        turns=turns,
        lines=len(words),
        words=sum(words),
    )


def _players(lines: Iterable[FigureLine]) -> dict[str, int | None]:
    """Returns whose lines most of what is said as each character are."""
    talk: dict[str, Counter[int | None]] = {}
    for line in lines:
        talk.setdefault(line.character, Counter())[line.voice] += line.duration_ms
    return {character: voices.most_common(1)[0][0] for character, voices in talk.items()}


def count_names(texts: Iterable[str], cast: Iterable[Named]) -> list[NameCount]:
    """Returns how many times each of ``cast`` is named in ``texts``, those who are, the most often named first.

    Names are whole words; case and accents do not matter, and a genitive -s is part of the name ("Mira's", "Jans").
    Where a shorter name is part of a longer one, only the longer one is said.

    >>> count_names(["Mira! Miras boog, Míra's bow.", "Miranda?"], [Named("Mira", "character")])
    [NameCount(name='Mira', kind='character', times=3)]
    """
    of_form: dict[str, Named] = {}
    for named in cast:
        for form in (named.name, *named.forms):
            if folded := _folded(form):
                of_form.setdefault(folded, named)
    if not of_form:
        return []
    pattern = _pattern(of_form)
    times = Counter(of_form[found[1]] for text in texts for found in pattern.finditer(_folded(text)))
    return [NameCount(named.name, named.kind, count) for named, count in times.most_common()]


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?:'?s|')?(?!\w)")


def _folded(text: str) -> str:
    """Returns ``text`` on one line, without case and accents, with one sort of apostrophe."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    return " ".join("".join(part for part in parts if not unicodedata.combining(part)).split())
