"""What measured figures say about a voice encoder's cosines: one JSON file per model, read by identification.

The files are made by ``tools/calibrate_voices.py``; each says what it was made from and what was measured with it.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelBroken

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Calibration:
    """How cosines of one encoder become probabilities, and which probabilities suffice.

    Two crops of one person lie closer the longer they are. A cosine is therefore first raised by what the shorter
    crops took from it, ``(1 + grain_s / seconds)`` to the half for each side, and then goes through a logistic curve.

    Attributes:
        model: the encoder's id.
        centre: what all voices have in common; subtracted before comparing. Shape ``(d,)``.
        slope: of the logistic curve over the raised cosine.
        intercept: of that curve; with an even chance, before anything is known of who is there.
        grain_s: seconds of speech that hold as much chance as person.
        assign_at: probability from which a match is made without asking.
        suggest_at: probability from which it is suggested.
        margin: how far, in log odds, the best must lie before the next for a match to be made without asking.
        stranger: log odds taken from people who are not expected.
        decide_from_ms: a voice heard for less is never matched without asking.
    """

    model: str
    centre: NDArray[np.float32]
    slope: float
    intercept: float
    grain_s: float
    assign_at: float
    suggest_at: float
    margin: float
    stranger: float
    decide_from_ms: int

    def __post_init__(self) -> None:
        if not 0 < self.suggest_at < self.assign_at < 1:
            raise ValueError("suggesting must take less than assigning, both between 0 and 1")
        if self.slope <= 0 or min(self.grain_s, self.margin, self.stranger, self.decide_from_ms) < 0:
            raise ValueError("a calibration's slope must rise, and its bars must not be negative")

    def centred(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns unit vectors without what all voices share; shape as given, ``(n, d)``."""
        return unit(vectors - self.centre)

    def log_odds(self, cosine: float, speech_ms: int, other_ms: int) -> float:
        """Returns the log odds that two crops are one person's.

        Args:
            cosine: of their centred vectors.
            speech_ms: length of the one.
            other_ms: length of the other.
        """
        raised = cosine * math.sqrt(self._grain(speech_ms) * self._grain(other_ms))
        return self.intercept + self.slope * min(raised, 1.0)

    def _grain(self, speech_ms: int) -> float:
        return 1 + self.grain_s * 1000 / max(speech_ms, 500)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Calibration:
        """Returns the calibration in a file's content; what the file tells about its making is left aside."""
        return cls(
            model=data["model"],
            centre=np.asarray(data["centre"], np.float32),
            **{
                name: data[name]
                for name in (
                    "slope",
                    "intercept",
                    "grain_s",
                    "assign_at",
                    "suggest_at",
                    "margin",
                    "stranger",
                    "decide_from_ms",
                )
            },
        )


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns vectors (the last axis) scaled to length one; a zero vector stays zero. As in embedding, without torch."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


def file_name(model: str) -> str:
    """Returns the name of a model's file: its id, with what no file system likes replaced."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", model) + ".json"


@cache
def calibration_for(model: str, folder: Path = FOLDER) -> Calibration | None:
    """Returns the calibration of a model, or None if nobody has calibrated it.

    Raises:
        ModelBroken: if its file is damaged or of another model.
    """
    file = folder / file_name(model)
    if not file.is_file():
        return None
    try:
        calibration = Calibration.from_json(json.loads(file.read_text("utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelBroken(
            f"The calibration of {model} is damaged. Make it again with tools/calibrate_voices.py.",
            detail=repr(error),
        ) from error
    if calibration.model != model:
        raise ModelBroken(f"The calibration in {file.name} is {calibration.model}'s, not {model}'s.")
    return calibration
