"""Measures several sides in turn, because a machine is never equally quiet for long."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """What one pass took.

    Attributes:
        seconds: by the clock.
        processor_seconds: of all threads together; hardly changes when other programs want the machine too.
    """

    seconds: float
    processor_seconds: float


Side = Callable[[], Effort]
"""Makes one pass."""


def in_turn(sides: Mapping[str, Side], rounds: int) -> dict[str, list[Effort]]:
    """Runs every side once a round, in an order that turns round each time, and returns what each pass took."""
    efforts: dict[str, list[Effort]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides) if number % 2 == 0 else list(sides)[::-1]
        for name in names:
            efforts[name].append(sides[name]())
        taken = ", ".join(f"{name} {efforts[name][-1].seconds:.1f} s" for name in sides)
        print(f"  round {number + 1} of {rounds}: {taken}; load {os.getloadavg()[0]:.1f}", flush=True)
    return efforts
