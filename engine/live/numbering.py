"""Says which voice of the session each group of windows is, or that too little was heard of it to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.diarization.clustering import Clean
from engine.live.grouping import Grouped
from engine.live.heard_voice import Sums
from engine.live.recent import RecentLine
from engine.live.roll import Roll
from engine.live.voices_config import LiveVoicesConfig


@dataclass(frozen=True, slots=True)
class Owned:
    """A line with the group that most of it belongs to.

    Attributes:
        line: the line.
        group: None where none of its windows is left.
        near: cosine of the two, without what all voices have in common.
    """

    line: RecentLine
    group: int | None
    near: float


@dataclass(slots=True)
class _Claim:
    """What was heard of a group that is no voice of the session yet."""

    sums: Sums = field(default_factory=Sums)
    speech_ms: int = 0
    longest_ms: int = 0
    voices: Counter[int] = field(default_factory=Counter)

    def add(self, line: RecentLine) -> None:
        self.speech_ms += line.speech_ms
        self.longest_ms = max(self.longest_ms, line.speech_ms)
        if line.vector is not None:
            self.sums.add(line.vector, line.speech_ms)
        if line.voice is not None and not line.pinned:
            self.voices[line.voice] += line.speech_ms


def assign(roll: Roll, grouped: Grouped, config: LiveVoicesConfig, clean: Clean) -> None:
    """Gives each line of the last minutes to the voice of the group that most of it belongs to.

    A line that has a voice already never loses it to nobody; one that a person gave to a voice stays there.

    >>> from uuid import uuid4
    >>> from engine.diarization.windows import Scale, Windows
    >>> from engine.embedding import unit
    >>> from engine.live.grouping import Group
    >>> from engine.live.recent import InMemory, RecentUtterance
    >>> from engine.values import Span
    >>> spoken, vector, starts = Span(0, 4_000), np.array([1, 0], np.float32), np.arange(0, 4_000, 400)
    >>> scale = Scale(starts, starts + 400, InMemory(np.array([vector] * 10)))
    >>> line = RecentLine(uuid4(), spoken, 4_000, vector, voice=None, told=None)
    >>> roll = Roll("fake-encoder", (), None, LiveVoicesConfig(), lambda model: None)
    >>> roll.recent.append(RecentUtterance(4_000, Windows((spoken,), scale, scale), [line]))
    >>> one_group = Grouped(np.zeros(10, np.intp), [Group(10 * vector, clear=10, count=10)], joined=())
    >>> assign(roll, one_group, LiveVoicesConfig(), unit)
    >>> line.voice
    1
    """
    for gone, into in grouped.joined:
        roll.join(gone, into)
    owned = _owned(roll, grouped, clean)
    numbers = _numbers(roll, grouped, owned, config)
    before: RecentLine | None = None
    for one in owned:
        line = one.line
        if not line.pinned:
            number = roll.voice_of(line.person)
            if number is None and one.group is not None:
                number = numbers.get(one.group)
                if number is not None and not _is_told(one, number, before, config):
                    number = None
            if number is not None or line.told is None:
                line.voice = number
        before = line


def _is_told(one: Owned, number: int, before: RecentLine | None, config: LiveVoicesConfig) -> bool:
    """Tells whether a line is long enough, near enough to its voice, or that voice simply goes on."""
    line = one.line
    if line.speech_ms >= config.short_ms or one.near >= config.short_cosine:
        return True
    if before is None or before.voice != number or one.near < config.goes_on_cosine:
        return False
    return 0 <= line.span.start_ms - before.span.end_ms <= config.goes_on_ms


def _owned(roll: Roll, grouped: Grouped, clean: Clean) -> list[Owned]:
    centres = clean(np.stack([group.mean for group in grouped.groups]).astype(np.float32))
    owned: list[Owned] = []
    first = 0
    for utterance in roll.recent:
        of_line, vectors = utterance.fine_lines(), utterance.windows.fine.vectors.read()
        labels = grouped.labels[first : first + len(of_line)]
        first += len(of_line)
        for index, line in enumerate(utterance.lines):
            mine = of_line == index
            if mine.any():
                group = int(np.bincount(labels[mine]).argmax())
                heard = clean(vectors[mine].mean(axis=0, keepdims=True))[0]
                owned.append(Owned(line, group, float(heard @ centres[group])))
            else:
                owned.append(Owned(line, None, 0.0))
    return owned


def _numbers(
    roll: Roll, grouped: Grouped, owned: Sequence[Owned], config: LiveVoicesConfig
) -> dict[int, int]:
    """Returns the voice of each group that has or gets one.

    A group goes on being the voice that most of its lines had; what is left is a known person's voice, one from an
    earlier part of the session, or a new one.
    """
    numbers = {i: g.voice for i, g in enumerate(grouped.groups) if g.voice is not None}
    claims: dict[int, _Claim] = {}
    for one in owned:
        if one.group is not None and one.group not in numbers:
            claims.setdefault(one.group, _Claim()).add(one.line)
    wishes = sorted(
        ((ms, -voice, group) for group, claim in claims.items() for voice, ms in claim.voices.items()),
        reverse=True,
    )
    for _, minus, group in wishes:
        if group not in numbers and -minus not in numbers.values():
            numbers[group] = -minus
    for group, claim in sorted(claims.items()):
        if group not in numbers:
            number = _found(roll, claim, set(numbers.values()), config)
            if number is not None:
                numbers[group] = number
    return numbers


def _found(roll: Roll, claim: _Claim, taken: set[int], config: LiveVoicesConfig) -> int | None:
    vector = claim.sums.vector()
    if vector is None:
        return None
    person = roll.person(vector, claim.sums.speech_ms)
    if person is not None:
        number = roll.voice_of(person)
        return roll.new_voice(person) if number is None else number
    again, perhaps = roll.heard_before(vector, claim.sums.speech_ms, taken)
    if again is not None:
        return again
    enough_ms = config.new_voice_ms * (2 if perhaps else 1)
    if claim.speech_ms < enough_ms or claim.longest_ms < config.new_line_ms:
        return None
    return roll.new_voice()
