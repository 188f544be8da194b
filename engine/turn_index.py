"""Finds who speaks at a time; alignment asks so for every word."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from engine.values import Turn, Word

HALF_LEAST_MS = 20
"""A word counts as at least twice this long, around its middle: recognisers give some words no length at all."""
FULL_MS = 250
"""From this length on, a word says all that a word can say about who speaks."""
LEAST_WEIGHT = 0.4
"""What the shortest word says."""
NEARBY = 0.3
"""What a word says for the nearest voice, where no turn covers it."""


class TurnIndex:
    """Finds the turns at a time; turns may overlap and lie within each other.

    >>> index = TurnIndex([Turn(0, 1_000, 0), Turn(900, 3_000, 1)])
    >>> index.overlaps(500, 1_500)
    {1: 600, 0: 500}
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = sorted(turns)
        self._starts = [turn.start_ms for turn in self._turns]
        self._latest = list(accumulate((turn.end_ms for turn in self._turns), max))

    def near(self, start_ms: int, end_ms: int) -> Iterator[Turn]:
        """Yields the turns that touch ``[start_ms, end_ms]``."""
        for i in range(bisect_left(self._starts, end_ms + 1) - 1, -1, -1):
            if self._latest[i] < start_ms:
                return
            if self._turns[i].end_ms >= start_ms:
                yield self._turns[i]

    def overlaps(self, start_ms: int, end_ms: int) -> dict[int, int]:
        """Returns how long each voice speaks within the time, voices that do not left out."""
        spoken: dict[int, int] = {}
        for turn in self.near(start_ms, end_ms):
            shared = min(end_ms, turn.end_ms) - max(start_ms, turn.start_ms)
            if shared > 0:
                spoken[turn.voice] = spoken.get(turn.voice, 0) + shared
        return spoken

    def loudest(self, start_ms: int, end_ms: int, reach_ms: int) -> int | None:
        """Returns the voice that speaks most within the time, else the nearest one in reach."""
        spoken = self.overlaps(start_ms, end_ms)
        if spoken:
            return min(spoken, key=lambda voice: (-spoken[voice], voice))
        near = list(self.near(start_ms - reach_ms, end_ms + reach_ms))
        return min(near, key=lambda turn: (_distance(turn, start_ms, end_ms), turn)).voice if near else None

    def evidence(self, word: Word, reach_ms: int) -> dict[int, float]:
        """Returns how much the word speaks for each voice, from 0 to 1; a short word says less."""
        middle = (word.start_ms + word.end_ms) // 2
        start_ms, end_ms = (
            min(word.start_ms, middle - HALF_LEAST_MS),
            max(word.end_ms, middle + HALF_LEAST_MS),
        )
        spoken = self.overlaps(start_ms, end_ms)
        length = end_ms - start_ms
        if spoken:
            weight = min(1.0, max(LEAST_WEIGHT, length / FULL_MS))
            return {voice: weight * min(1.0, ms / length) for voice, ms in spoken.items()}
        voice = self.loudest(start_ms, end_ms, reach_ms)
        return {} if voice is None else {voice: NEARBY}


def _distance(turn: Turn, start_ms: int, end_ms: int) -> int:
    return max(turn.start_ms - end_ms, start_ms - turn.end_ms, 0)
