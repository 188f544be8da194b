"""One voice of the session while it goes on: sums, never all vectors, so that hours take no more room."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.embedding import unit
from engine.live.grouping import Group
from engine.live.recent import RecentLine
from engine.values import VoiceEmbedding

LONG_MS = 2_000
"""Lines from this length on make a voice's embedding; shorter ones only until there is one of these."""

FULL_MS = 20_000
"""A longer line says no more about a voice."""

TELL_COSINE = 0.995
"""A voice whose embedding moved further than this is news."""

TELL_GROWN = 1.25
"""So is one that was heard this many times as long; it can then be told from others with more certainty."""

GROWS_UNTIL_MS = 90_000


@dataclass(slots=True)
class Sums:
    """Embeddings of crops, weighted by their length; long crops and short ones apart."""

    long: NDArray[np.float64] | None = None
    short: NDArray[np.float64] | None = None
    speech_ms: int = 0

    def add(self, vector: NDArray[np.float32], speech_ms: int) -> None:
        """Takes in a crop."""
        part = vector.astype(np.float64) * min(speech_ms, FULL_MS)
        if speech_ms >= LONG_MS:
            self.long = part if self.long is None else self.long + part
        else:
            self.short = part if self.short is None else self.short + part
        self.speech_ms += speech_ms

    def join(self, other: Sums) -> None:
        """Takes in the crops of another voice."""
        for name in ("long", "short"):
            theirs = getattr(other, name)
            mine = getattr(self, name)
            if theirs is not None:
                setattr(self, name, theirs if mine is None else mine + theirs)
        self.speech_ms += other.speech_ms

    def copy(self) -> Sums:
        """Returns sums that can be added to without changing these."""
        return Sums(self.long, self.short, self.speech_ms)

    def vector(self) -> NDArray[np.float32] | None:
        """Returns the voice's embedding, or None if no crop was heard."""
        total = self.short if self.long is None else self.long
        return None if total is None else unit(total.astype(np.float32))


@dataclass(slots=True)
class SessionVoice:
    """A voice of the session.

    Attributes:
        number: from 1.
        windows: what was heard before the last minutes; None if nothing was.
        crops: likewise, as whole crops.
        person: key of the known person whose it clearly is.
        told: its embedding as it was last told.
        is_old: whether the session had it before this was begun.
    """

    number: int
    windows: Group | None = None
    crops: Sums = field(default_factory=Sums)
    person: int | None = None
    told: VoiceEmbedding | None = None
    is_old: bool = False

    def add(self, line: RecentLine, windows: NDArray[np.float32]) -> None:
        """Takes in a line with the coarse windows that lie in it."""
        if line.vector is not None:
            self.crops.add(line.vector, line.speech_ms)
        if len(windows):
            self._add_windows(
                Group(windows.sum(axis=0, dtype=np.float64), len(windows), len(windows), self.number)
            )

    def join(self, other: SessionVoice) -> None:
        """Takes in another voice that turned out to be this one."""
        self.crops.join(other.crops)
        self.person = other.person if self.person is None else self.person
        if other.windows is not None:
            self._add_windows(other.windows)

    def _add_windows(self, group: Group) -> None:
        if self.windows is None:
            self.windows = Group(group.total, group.clear, group.count, self.number)
        else:
            self.windows.add(group)

    def embedding(self, lines: list[RecentLine], model: str) -> VoiceEmbedding | None:
        """Returns its embedding with what the lines of the last minutes add."""
        sums = self.crops.copy()
        for line in lines:
            if line.voice == self.number and line.vector is not None:
                sums.add(line.vector, line.speech_ms)
        vector = sums.vector()
        if vector is None:
            return None
        return VoiceEmbedding(self.number, tuple(vector.tolist()), model, sums.speech_ms)


def is_news(before: VoiceEmbedding | None, now: VoiceEmbedding) -> bool:
    """Tells whether a voice's embedding changed enough to be stored again.

    >>> from dataclasses import replace
    >>> told = VoiceEmbedding(1, (1.0, 0.0), "fake-encoder", speech_ms=4_000)
    >>> is_news(told, replace(told, speech_ms=4_500)), is_news(told, replace(told, speech_ms=8_000))
    (False, True)
    """
    if before is None or before.model != now.model:
        return True
    if min(now.speech_ms, GROWS_UNTIL_MS) >= TELL_GROWN * min(before.speech_ms, GROWS_UNTIL_MS):
        return True
    return float(np.dot(before.vector, now.vector)) < TELL_COSINE
