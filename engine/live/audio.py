"""The last seconds of a capture in memory: what is still needed of it; gaps read as silence and take no room."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

from engine.clock import SAMPLE_RATE, ms_to_samples, samples_to_ms
from engine.values import Samples

BLOCK = SAMPLE_RATE // 2
"""Shorter blocks are put together."""


class RecentAudio:
    """Grows at its end, forgets at its beginning; a :class:`engine.values.PcmReader`; safe to share between threads.

    Args:
        start: the first sample that will be added.

    >>> audio = RecentAudio()
    >>> audio.add(np.ones(SAMPLE_RATE, np.float32))
    >>> audio.skip(until=2 * SAMPLE_RATE)
    >>> audio.duration_ms, audio.held
    (2000, 16000)
    >>> float(audio.read(0, 2_000).mean())  # the second half is silence
    0.5
    """

    def __init__(self, start: int = 0) -> None:
        self._blocks: deque[tuple[int, Samples]] = deque()
        self._end = start
        self._lock = threading.Lock()

    @property
    def end(self) -> int:
        """The next sample to be added."""
        return self._end

    @property
    def duration_ms(self) -> int:
        """Where the audio ends; its beginning is forgotten, and its times are those of the whole."""
        return samples_to_ms(self._end)

    @property
    def held(self) -> int:
        """How many samples are in memory."""
        with self._lock:
            return sum(len(block) for _, block in self._blocks)

    def add(self, samples: Samples) -> None:
        """Adds ``samples`` at the end."""
        if len(samples):
            with self._lock:
                start, block = self._end, np.array(samples, dtype=np.float32)
                if self._blocks and self._is_short(*self._blocks[-1]):
                    start, before = self._blocks.pop()
                    block = np.concatenate((before, block))
                self._blocks.append((start, block))
                self._end += len(samples)

    def _is_short(self, start: int, block: Samples) -> bool:
        return len(block) < BLOCK and start + len(block) == self._end

    def skip(self, until: int) -> None:
        """Adds silence up to sample ``until``."""
        with self._lock:
            self._end = max(self._end, until)

    def forget(self, before: int) -> None:
        """Lets go of blocks that end before sample ``before``."""
        with self._lock:
            while self._blocks and self._blocks[0][0] + len(self._blocks[0][1]) <= before:
                self._blocks.popleft()

    def samples(self, first: int, end: int) -> Samples:
        """Returns samples ``first`` to ``end`` (exclusive); silence where there are none."""
        found = np.zeros(max(0, end - first), np.float32)
        with self._lock:
            for start, block in self._blocks:
                low, high = max(first, start), min(end, start + len(block))
                if low < high:
                    found[low - first : high - first] = block[low - start : high - start]
        return found

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """Returns the samples of ``[start_ms, end_ms)``, clipped to the audio's end."""
        first = min(ms_to_samples(max(0, start_ms)), self._end)
        return self.samples(first, min(ms_to_samples(max(0, end_ms)), self._end))
