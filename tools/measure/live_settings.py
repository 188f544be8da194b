"""What a run of the live benchmark was asked to measure with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools.measure.settings import NANO


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The choices of the command line.

    Attributes:
        model: folder of the speech model of all sides.
        audio: recordings to measure with; none for the fixtures.
        language: of the fixtures, and of files that do not say theirs.
        minutes: length of what is played where delays, outages and baselines are measured.
        hour: minutes that the growth part plays at real time.
        captures: how many send at once in the part of that name.
        threads: that models compute with.
    """

    model: Path = NANO
    audio: tuple[Path, ...] = ()
    language: str = "en"
    minutes: float = 4.0
    hour: float = 60.0
    captures: int = 40
    threads: int = 2
