"""What a run of the benchmark was asked to measure with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools.measure.sides import ROOT

NANO = ROOT / "engine" / "models" / "nano"


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of the command line.

    Attributes:
        model: folder of the speech model of both sides.
        nano: the smallest model there is, for parts in which the model does not matter.
        language: of the composed recordings.
        minutes: length of the recording of the batch part.
        rounds: how often each side is measured.
        hours: length of the long recording of the memory part.
        beam_size: of both sides.
        data: folder of recordings with known turns.
    """

    model: Path
    nano: Path = NANO
    language: str = "en"
    minutes: float = 10.0
    rounds: int = 3
    hours: float = 4.0
    beam_size: int = 5
    data: Path = ROOT.parent / "shared" / "data"
