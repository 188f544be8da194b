"""What a run of the benchmark was asked to measure with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tools.measure.grown_model import SIZES, grow
from tools.measure.sides import ROOT

NANO = ROOT / "engine" / "models" / "nano"


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of the command line.

    Attributes:
        model: folder of the speech model of both sides; None for the nano model grown to ``size``.
        size: see :data:`tools.measure.grown_model.SIZES`; or ``nano`` for the nano model as it is.
        nano: the smallest model there is, for parts in which the model does not matter.
        language: of the composed recordings.
        minutes: length of the recording of the batch part.
        rounds: how often each side is measured.
        hours: length of the long recording of the memory part.
        stage_minutes: length of the recording of the parts that measure one stage.
        captures: how many send at once.
        beam_size: of both sides.
        data: folder of recordings with known turns.
    """

    model: Path | None = None
    size: str = "tiny"
    nano: Path = NANO
    language: str = "en"
    minutes: float = 10.0
    rounds: int = 3
    hours: float = 4.0
    stage_minutes: float = 60.0
    captures: int = 40
    beam_size: int = 5
    data: Path = ROOT.parent / "shared" / "data"

    def speech_model(self, folder: Path) -> Path:
        """Returns the folder of the model to measure with, growing it in ``folder`` if need be."""
        if self.model is not None:
            return self.model
        if self.size == "nano":
            return self.nano
        return grow(self.nano, folder / self.size, SIZES[self.size])
