"""What a transcript tells by the names that are said in it: who answers when spoken to, and who says their own name.

English and Dutch, both at every table. Pure functions over lines; called for proposals.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ANSWER_WITHIN_MS = 8_000
"""Who begins to speak later than this after somebody was spoken to does not answer."""
GOES_ON = 2
"""After a name, the speaker may say so many more lines before the other answers."""
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
LEAST_LETTERS = 2
LEAST_LETTERS_OF_A_PART = 3

_TITLES = {
    "the", "de", "het", "een", "van", "von", "den", "der", "sir", "lady", "lord", "ser", "dame", "dr", "mr", "mrs",
    "meester", "master", "heer", "vrouwe", "koning", "koningin", "king", "queen", "prins", "prince", "kapitein",
    "captain", "dungeon", "game", "spelleider",
}  # fmt: skip

_OPENING = (
    r"(?:(?:hey|hé|hee|hi|hoi|hallo|hello|oh|ok|okay|oké|oke|alright|right|and|en|so|dus|well|nou|now|nu|ja|yes|yeah|no|nee"
    r"|but|maar|then|dan|thanks|thank you|bedankt|dank je|sorry|goed|kom|come on|toe)[,\s]+)*"
)
_I_AM = (
    r"(?<!if )(?<!als )\b(?:i am|i'm|my name is|my name's|i play|i am playing|i'm playing|i'll play"
    r"|i'll be playing|my character is|my character's name is|call me"
    r"|ik ben|ik heet|mijn naam is|ik speel|mijn personage is|mijn personage heet|mijn karakter is|mijn karakter heet"
    r"|mijn character is|noem me|noem mij)\s+"
)
_NOT_MINE = r"(?!'?s\b|'|\s+(?:niet|not)\b|-)"
_NARRATED = r"(?!\s*(?:who|die|which|whose|wiens|the|de|het|a|an|een|and|en)\b)"
_ASKED = (
    r"(?:what|wat|where|waar|how|hoe|why|waarom|which|welke)(?:\s+\w+){0,2}\s+(?:you|je|jij|u)\b"
    r"|(?:do|doe|can|kun|kan|could|would|wil|will|are|ben|have|heb|did|ga)\s+(?:you|je|jij|u)\b"
)
_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*")


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of a transcript, as far as names go."""

    voice: int | None
    start_ms: int
    end_ms: int
    text: str


@dataclass(slots=True)
class Mentions:
    """What speaks for one voice being one person, and what against.

    Attributes:
        answers: when the voice answered after the person was spoken to.
        introductions: when, and in which words, the voice said that it is the person.
        addressed: how often the voice itself spoke to the person.
    """

    answers: list[int] = field(default_factory=list)
    introductions: list[tuple[int, str]] = field(default_factory=list)
    addressed: int = 0


def callable_names(people: Sequence[Iterable[str]]) -> dict[str, int]:
    """Returns who is meant by each name, and by a part of it, in lower case; names that could mean two are left out.

    >>> sorted(callable_names([["Anna de Wit", "Mira"], ["Tom", "Mira"]]).items())
    [('anna', 0), ('anna de wit', 0), ('tom', 1), ('wit', 0)]
    """
    meant: dict[str, set[int]] = defaultdict(set)
    parts: dict[str, set[int]] = defaultdict(set)
    for person, names in enumerate(people):
        for name in names:
            folded = " ".join(name.split()).casefold()
            if len(folded) >= LEAST_LETTERS:
                meant[folded].add(person)
            for part in re.findall(r"\w+", folded):
                if len(part) >= LEAST_LETTERS_OF_A_PART and part not in _TITLES:
                    parts[part].add(person)
    for part, persons in parts.items():
        meant.setdefault(part, persons)
    return {name: next(iter(persons)) for name, persons in meant.items() if len(persons) == 1}


def mentions(lines: Sequence[SpokenLine], names: Mapping[str, int]) -> dict[tuple[int, int], Mentions]:
    """Returns what the lines tell about each pair of a voice and a person.

    Args:
        lines: of a whole session, in order.
        names: who is meant by which name, from :func:`callable_names`.
    """
    found: dict[tuple[int, int], Mentions] = defaultdict(Mentions)
    if not names:
        return {}
    patterns = _Patterns(names)
    for at, line in enumerate(lines):
        text = line.text.replace(APOSTROPHE, "'")
        if line.voice is None or not patterns.any_name.search(text):
            continue
        for person, words in patterns.introduced(text):
            found[line.voice, person].introductions.append((line.start_ms, words))
        spoken_to = patterns.spoken_to(text)
        for person in spoken_to:
            found[line.voice, person].addressed += 1
        if len(spoken_to) == 1 and (answer := _answer(lines, at)):
            assert answer.voice is not None
            found[answer.voice, spoken_to.pop()].answers.append(answer.start_ms)
    return dict(found)


def turn_shares(lines: Sequence[SpokenLine]) -> dict[int, float]:
    """Returns which part of all turns is each voice's: how often it would answer if it did so by chance."""
    voices = [line.voice for line in lines if line.voice is not None]
    turns = Counter(voice for voice, before in zip(voices, [None, *voices], strict=False) if voice != before)
    return {voice: count / turns.total() for voice, count in turns.items()}


def _answer(lines: Sequence[SpokenLine], at: int) -> SpokenLine | None:
    """Returns the first line of another voice after line ``at``, if it comes soon enough."""
    said = lines[at]
    for line in lines[at + 1 : at + 2 + GOES_ON]:
        if line.start_ms - said.end_ms > ANSWER_WITHIN_MS or line.voice is None:
            return None
        if line.voice != said.voice:
            return line
    return None


class _Patterns:
    """The regular expressions for one set of names."""

    def __init__(self, names: Mapping[str, int]) -> None:
        self.names = names
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        name = (
            r"(?P<name>" + "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in longest_first) + r")"
        )
        bare = name.replace("?P<name>", "?:")
        self.any_name = re.compile(rf"\b{bare}\b", re.IGNORECASE)
        self._introduced = re.compile(rf"{_I_AM}{name}\b{_NOT_MINE}", re.IGNORECASE)
        first = rf"^\s*{_OPENING}{name}\b"
        self._spoken_to = (
            re.compile(rf"{first}\s*,(?!\s*{bare}\b){_NARRATED}", re.IGNORECASE),
            re.compile(rf"{first}\s*[?!.…]*$", re.IGNORECASE),
            re.compile(rf"{first}\s+(?:{_ASKED})", re.IGNORECASE),
            re.compile(rf"^(?!.*\b{bare}\s*,\s*{bare}\b).*,\s*{name}\s*[?!.…]*$", re.IGNORECASE),
        )

    def introduced(self, text: str) -> Iterator[tuple[int, str]]:
        """Yields whom the speaker says to be, and in which words."""
        for match in self._introduced.finditer(text):
            yield self._person(match), match[0]

    def spoken_to(self, text: str) -> set[int]:
        """Returns whom the speaker speaks to by name."""
        return {
            self._person(match)
            for sentence in _SENTENCE.findall(text)
            for pattern in self._spoken_to
            if (match := pattern.search(sentence))
        }

    def _person(self, match: re.Match[str]) -> int:
        return self.names[" ".join(match["name"].split()).casefold()]
