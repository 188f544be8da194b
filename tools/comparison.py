"""Tells whether one result file of the benchmark is slower than another, beyond the noise that both measured.

Used by ``python -m tools.benchmark --compare OLD NEW`` and by ``python -m tools.compare_revisions``.

A file keeps, under ``KEY.ratios``, one number for each repetition: the time of the work over that of a loop that is
always the same (:mod:`tools.measure.calibration_loop`). The change is the median of how many times as long the new
repetitions took as the old ones, pair by pair where both files have as many; its confidence interval is a bootstrap's
(Efron, "Bootstrap Methods", 1979). A key is slower where the whole interval lies above what is tolerated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATIOS = ".ratios"
CONFIDENCE = 0.98
TOLERATED = 0.10
"""A smaller change is not called one, however sure it is: the same code differs by as much between two moments of a
busy machine, because other programs take more of the cache from one kind of work than from another."""

LEAST_REPETITIONS = 5
DRAWS = 10_000

Results = Mapping[str, Any]
Numbers = NDArray[np.float64]


class Verdict(StrEnum):
    """What became of a key."""

    SLOWER = "SLOWER"
    FASTER = "faster"
    SAME = "as before"


class NothingToCompare(ValueError):
    """The files share no key with enough repetitions."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the time of one key.

    Attributes:
        key: its name.
        ratio: the new time over the old.
        low: lower end of the interval in which the ratio lies.
        high: its upper end.
        tolerated: see :data:`TOLERATED`.
    """

    key: str
    ratio: float
    low: float
    high: float
    tolerated: float = TOLERATED

    @property
    def verdict(self) -> Verdict:
        """What to call it."""
        if self.low > 1 + self.tolerated:
            return Verdict.SLOWER
        if self.high < 1 / (1 + self.tolerated):
            return Verdict.FASTER
        return Verdict.SAME

    def line(self) -> str:
        """Returns the change as one line of the table."""
        interval = f"[{self.low - 1:+.1%}, {self.high - 1:+.1%}]"
        return f"  {self.key:<44} {self.ratio - 1:>+8.1%}  {interval:<20} {self.verdict}"


def read(path: Path) -> dict[str, Any]:
    """Returns the results in a file that the benchmark wrote.

    Raises:
        ValueError: it is no such file.
    """
    try:
        found = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not a result file: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path} is not a result file: it holds no object")
    return found


def changes(
    old: Results, new: Results, *, confidence: float = CONFIDENCE, tolerated: float = TOLERATED
) -> list[Change]:
    """Returns what became of each key that both results repeated often enough, in the order of their names.

    Raises:
        NothingToCompare: there is none.
    """
    shared = sorted(key for key in old.keys() & new.keys() if key.endswith(RATIOS))
    found = [
        _change(key, old[key], new[key], confidence, tolerated)
        for key in shared
        if min(len(old[key]), len(new[key])) >= LEAST_REPETITIONS
    ]
    if not found:
        raise NothingToCompare(
            f"nothing was measured at least {LEAST_REPETITIONS} times in both files; "
            "measure with: python -m tools.benchmark --only short --json FILE"
        )
    return found


def left_out(old: Results, new: Results) -> list[str]:
    """Returns a line for each repeated key that can't be compared, with the reason."""
    lines = []
    for key in sorted({key for key in (*old, *new) if key.endswith(RATIOS)}):
        name = key.removesuffix(RATIOS)
        if key not in new:
            lines.append(f"  {name:<44} only in the old file")
        elif key not in old:
            lines.append(f"  {name:<44} only in the new file")
        elif min(len(old[key]), len(new[key])) < LEAST_REPETITIONS:
            lines.append(f"  {name:<44} repeated less than {LEAST_REPETITIONS} times")
    return lines


def report(
    old: Path, new: Path, *, confidence: float = CONFIDENCE, tolerated: float = TOLERATED
) -> tuple[list[str], bool]:
    """Returns the table that compares two files, and whether anything got slower.

    Figures that were measured once are told too, but not judged: nothing is known of their noise.

    Raises:
        ValueError: a file is none of the benchmark's.
        NothingToCompare: they share nothing that was repeated.
    """
    before, after = read(old), read(new)
    found = changes(before, after, confidence=confidence, tolerated=tolerated)
    slower = [change for change in found if change.verdict is Verdict.SLOWER]
    lines = [
        f"Time beside the loop, new over old, with its {confidence:.0%} interval:",
        *(change.line() for change in found),
        *left_out(before, after),
    ]
    if once := measured_once(before, after):
        lines += ["", "Not judged:", *once]
    said = ", ".join(change.key for change in slower) or "nothing"
    return [*lines, "", f"Slower by more than {tolerated:.0%} beyond the noise: {said}."], bool(slower)


def measured_once(old: Results, new: Results) -> list[str]:
    """Returns a line for each plain number that both results have, with the change between them."""
    repeated = {key.removesuffix(RATIOS) for key in (*old, *new) if key.endswith(RATIOS)}
    lines = []
    for key in sorted(old.keys() & new.keys() - repeated):
        if not key.endswith((".noise", RATIOS)):
            change = f"{new[key] / old[key] - 1:+.1%}" if old[key] else ""
            lines.append(f"  {key:<44} {old[key]:>9.4g} {new[key]:>9.4g}  {change}".rstrip())
    return lines


def _change(
    key: str, old: Sequence[float], new: Sequence[float], confidence: float, tolerated: float
) -> Change:
    before, after = np.log(np.asarray(old, np.float64)), np.log(np.asarray(new, np.float64))
    rng = np.random.default_rng(1)
    if len(before) == len(after):
        pairs = after - before
        middle, drawn = float(np.median(pairs)), _medians(pairs, rng)
    else:
        middle = float(np.median(after) - np.median(before))
        drawn = _medians(after, rng) - _medians(before, rng)
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Change(
        key.removesuffix(RATIOS), float(np.exp(middle)), float(np.exp(low)), float(np.exp(high)), tolerated
    )


def _medians(values: Numbers, rng: np.random.Generator) -> Numbers:
    """Returns the medians of :data:`DRAWS` samples of ``values``, drawn with replacement."""
    drawn = values[rng.integers(len(values), size=(DRAWS, len(values)))]
    medians: Numbers = np.median(drawn, axis=1)
    return medians
