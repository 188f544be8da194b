"""Measures several sides in turn, because a machine is never equally quiet for long."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

Side = Callable[[], float]
"""Runs once and returns the seconds that it took."""


def in_turn(sides: Mapping[str, Side], rounds: int) -> dict[str, list[float]]:
    """Runs every side once a round, in an order that turns round each time, and returns the seconds of each."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        names = list(sides) if number % 2 == 0 else list(reversed(sides))
        for name in names:
            seconds[name].append(sides[name]())
        taken = ", ".join(f"{name} {seconds[name][-1]:.1f} s" for name in sides)
        print(f"  round {number + 1} of {rounds}: {taken}; load {os.getloadavg()[0]:.1f}", flush=True)
    return seconds
