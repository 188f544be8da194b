"""Measures work beside a loop that is always the same, so that figures of two moments, or machines, can be compared.

What a machine does at the moment (its clock rate, other programs, a shared cache) slows both; the ratio is kept.
Time in which other programs had the processor is not counted at all where the system tells it, as Linux does: long
works would be interrupted more often than the short loop.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Clock = Callable[[], float]
Work = Callable[[], object]

TRIES = 3
"""Work and loop take turns so many times in one repetition; the quickest of each counts: it was disturbed least."""

_QUEUED = Path("/proc/thread-self/schedstat")
_NUMBERS = np.random.default_rng(1).normal(size=(160, 160))


@dataclass(frozen=True, slots=True)
class Repetition:
    """What one repetition took.

    Attributes:
        clock: how many times as long as the loop, by :func:`undisturbed` time.
        processor: the same by processor time, which waiting does not add to.
        seconds: undisturbed.
    """

    clock: float
    processor: float
    seconds: float


def undisturbed() -> float:
    """Returns the seconds on the clock, less those in which this thread waited for a processor that others had.

    Waiting for a disk, a network, a lock or another thread still counts.
    """
    return time.perf_counter() - _waited()


def _waited() -> float:
    """Returns how long this thread has stood in the queue for a processor; 0 where nobody tells."""
    try:
        return int(_QUEUED.read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time is read from."""

    wall: Clock = undisturbed
    processor: Clock = time.process_time


def loop() -> float:
    """Does what Scribe's own code does most: objects, dictionaries and text in Python, and a little arithmetic."""
    counts: dict[str, int] = {}
    for number in range(60_000):
        word = f"w{number % 997}"
        counts[word] = counts.get(word, 0) + len(word)
    total = float(sum(counts.values()))
    for _ in range(12):
        total += float((_NUMBERS @ _NUMBERS).sum())
    return total


def repetition(
    work: Work, *, beside: Work = loop, tries: int = TRIES, clocks: Clocks = Clocks()
) -> Repetition:
    """Returns what ``work`` took beside ``beside``; both are called once before anything counts."""
    beside()
    work()
    loops, works = [], []
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(tries):
            loops.append(_timed(beside, clocks))
            works.append(_timed(work, clocks))
        loops.append(_timed(beside, clocks))
    finally:
        if collecting:
            gc.enable()
    (loop_wall, loop_processor), (wall, processor) = _quickest(loops), _quickest(works)
    return Repetition(wall / loop_wall, processor / loop_processor, wall)


def once(work: Work, *, beside: Work = loop, tries: int = TRIES, clocks: Clocks = Clocks()) -> Repetition:
    """Returns what one call of a long ``work`` took, beside the loop before and after it."""
    beside()
    loops = [_timed(beside, clocks) for _ in range(tries)]
    wall, processor = _timed(work, clocks)
    loops += [_timed(beside, clocks) for _ in range(tries)]
    loop_wall, loop_processor = _quickest(loops)
    return Repetition(wall / loop_wall, processor / loop_processor, wall)


def _timed(work: Work, clocks: Clocks) -> tuple[float, float]:
    wall, processor = clocks.wall(), clocks.processor()
    work()
    return clocks.wall() - wall, clocks.processor() - processor


def _quickest(taken: list[tuple[float, float]]) -> tuple[float, float]:
    return min(wall for wall, _ in taken), min(processor for _, processor in taken)
