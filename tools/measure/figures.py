"""What the benchmark found: figures with their targets and noise, printed as a table and written as one flat object."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        key: its name in the JSON, dotted.
        value: the number.
        unit: ``x`` for ratios, ``s``, ``ms``, ``MB``, ``%``.
        at_most: the target it must not pass; None where it has none.
        at_least: the target it must reach; None where it has none.
        noise: half the spread over its repeats, in the same unit; None where it was measured once.
        ratios: each repetition's time over that of the loop beside it; kept so that two files can be compared.
    """

    key: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    noise: float | None = None
    ratios: tuple[float, ...] = ()

    @property
    def reached(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    def line(self) -> str:
        """Returns the figure as one line of the table."""
        noise = "" if self.noise is None else f"± {self.noise:.3g}"
        target = ""
        if self.at_most is not None:
            target = f"at most {self.at_most:g}"
        elif self.at_least is not None:
            target = f"at least {self.at_least:g}"
        verdict = {True: "reached", False: "MISSED", None: ""}[self.reached]
        return (
            f"  {self.key:<44} {self.value:>9.4g} {self.unit:<3} {noise:<9} {target:<14} {verdict}".rstrip()
        )


def ratio(
    key: str,
    ours: list[float],
    theirs: list[float],
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """Returns the median of ``ours`` over ``theirs``, taken round by round: what disturbs a round disturbs both sides.

    Raises:
        ValueError: the sides were not measured in the same rounds.
    """
    if len(ours) != len(theirs) or not ours:
        raise ValueError(
            f"{key}: {len(ours)} rounds of one side and {len(theirs)} of the other make no pairs"
        )
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Figure(key, median(ratios), "x", at_most, at_least, noise=_half_spread(ratios))


def middle(key: str, values: list[float], unit: str, *, at_most: float | None = None) -> Figure:
    """Returns the median of ``values``."""
    return Figure(key, median(values), unit, at_most, noise=_half_spread(values))


def repeated(key: str, ratios: list[float]) -> Figure:
    """Returns the median of times beside the loop (:mod:`tools.measure.calibration_loop`), with each of them."""
    return Figure(key, median(ratios), "x", noise=_half_spread(ratios), ratios=tuple(ratios))


def _half_spread(values: list[float]) -> float | None:
    return (max(values) - min(values)) / 2 if len(values) > 1 else None


def to_json(figures: Iterable[Figure]) -> dict[str, float | list[float]]:
    """Returns the figures as one flat object; noise adds ``<key>.noise``, and what was repeated ``<key>.ratios``."""
    flat: dict[str, float | list[float]] = {}
    for figure in figures:
        flat[figure.key] = round(figure.value, 4)
        if figure.noise is not None:
            flat[f"{figure.key}.noise"] = round(figure.noise, 4)
        if figure.ratios:
            flat[f"{figure.key}.ratios"] = [round(ratio, 5) for ratio in figure.ratios]
    return flat


def write_json(path: Path, figures: Iterable[Figure]) -> None:
    """Writes the figures to ``path`` as one flat object."""
    path.write_text(json.dumps(to_json(figures), indent=2, sort_keys=True) + "\n")
