"""What measured figures say about a voice encoder's vectors: one JSON file per model, read by identification.

The files are made by ``tools/calibrate_voices.py``; each says what it was made from and what was measured with it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelBroken

FOLDER = Path(__file__).resolve().parent

Vectors = NDArray[np.float32]

_SHORTEST_MS = 500
_NUMBERS = (
    "cohort",
    "grain_s",
    "slope",
    "intercept",
    "assign_at",
    "suggest_at",
    "margin",
    "stranger",
    "decide_from_ms",
)


@dataclass(frozen=True, eq=False)
class Calibration:
    """How vectors of one encoder are compared, and what their cosines are worth.

    A vector tells of the person, and of the microphone and the room. Three steps take away what is not the person:
    what all voices have in common (``centre``), the directions in which microphones move a voice most (``nuisance``),
    and what the voices of one session have in common (``cohort``). What is left of two vectors is compared by cosine.
    Short crops lie further apart, so their cosine is raised by ``sqrt(1 + grain_s / seconds)`` for each of the two. A
    logistic curve makes log odds of it.

    Attributes:
        model: the encoder's id.
        centre: shape ``(d,)``.
        nuisance: orthonormal rows, shape ``(k, d)``; none at all is allowed.
        cohort: of ``n`` voices recorded alike, the share ``n / (n + cohort)`` of their mean is taken away from each.
        grain_s: seconds of speech that hold as much chance as person.
        slope: of the logistic curve over the raised cosine.
        intercept: of that curve, at even odds beforehand.
        assign_at: probability from which a match is made without asking.
        suggest_at: probability from which it is suggested.
        margin: log odds by which the best must lie before the next for a match to be made without asking.
        stranger: log odds taken from people who are not expected.
        decide_from_ms: a voice heard for less is never matched without asking.
    """

    model: str
    centre: Vectors
    nuisance: Vectors
    cohort: float
    grain_s: float
    slope: float
    intercept: float
    assign_at: float
    suggest_at: float
    margin: float
    stranger: float
    decide_from_ms: int

    def __post_init__(self) -> None:
        if self.centre.ndim != 1 or self.nuisance.ndim != 2 or self.nuisance.shape[1] != len(self.centre):
            raise ValueError("centre and nuisance must be of one dimension")
        if not 0 < self.suggest_at <= self.assign_at < 1:
            raise ValueError("suggesting must not take more than assigning, both between 0 and 1")
        if self.slope <= 0 or self.cohort <= 0:
            raise ValueError("slope and cohort must be above 0")
        if min(self.grain_s, self.margin, self.stranger, self.decide_from_ms) < 0:
            raise ValueError("lengths and bars must not be negative")

    def cleaned(self, vectors: Vectors) -> Vectors:
        """Returns unit vectors without the centre and the nuisance; shape as given, ``(n, d)``."""
        moved = unit(vectors) - self.centre
        return unit(np.asarray(moved - (moved @ self.nuisance.T) @ self.nuisance, np.float32))

    def compared(self, vectors: Vectors, speech_ms: Sequence[int]) -> Vectors:
        """Returns what is left of voices that were recorded alike, to be compared by cosine.

        Args:
            vectors: all of one session, shape ``(n, d)``.
            speech_ms: how much was heard of each; those heard too shortly to decide say nothing of the microphone.
        """
        cleaned = self.cleaned(vectors)
        long = np.asarray(speech_ms) >= self.decide_from_ms
        count = int(long.sum())
        if count < 2:
            return cleaned
        shared = cleaned[long].mean(axis=0) * (count / (count + self.cohort))
        return unit(np.asarray(cleaned - shared, np.float32))

    def log_odds(self, cosine: float, speech_ms: int, other_ms: int) -> float:
        """Returns the log odds that two crops are one person's.

        Args:
            cosine: of what is left of their vectors.
            speech_ms: length of the one.
            other_ms: length of the other.
        """
        raised = cosine * math.sqrt(self._grain(speech_ms) * self._grain(other_ms))
        return self.intercept + self.slope * min(raised, 1.0)

    def _grain(self, speech_ms: int) -> float:
        return 1 + self.grain_s * 1000 / max(speech_ms, _SHORTEST_MS)

    def to_json(self) -> dict[str, Any]:
        """Returns the plain form."""
        return {
            "model": self.model,
            **{name: getattr(self, name) for name in _NUMBERS},
            "centre": [round(float(x), 5) for x in self.centre],
            "nuisance": [[round(float(x), 5) for x in row] for row in self.nuisance],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Calibration:
        """Returns the calibration in a file's content; what the file tells about its making is left aside."""
        centre = np.asarray(data["centre"], np.float32)
        return cls(
            model=data["model"],
            centre=centre,
            nuisance=np.asarray(data["nuisance"], np.float32).reshape(-1, len(centre)),
            **{name: data[name] for name in _NUMBERS},
        )


def unit(vectors: Vectors) -> Vectors:
    """Returns vectors (the last axis) scaled to length one; a zero vector stays zero.

    The encoder has the same, but cannot be imported where there is no torch.

    >>> round(float(np.linalg.norm(unit(np.array([3.0, 4.0], np.float32)))), 3)
    1.0
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


def read(file: Path) -> Calibration:
    """Returns the calibration in a file.

    Raises:
        ModelBroken: if the file is damaged.
    """
    try:
        return Calibration.from_json(json.loads(file.read_text("utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelBroken(
            "The calibration in %(file)s is damaged. Make it again with tools/calibrate_voices.py.",
            file=file.name,
            detail=repr(error),
        ) from error


@cache
def calibration_for(model: str, folder: Path = FOLDER) -> Calibration | None:
    """Returns the calibration of a model, or None if nobody has calibrated it.

    Raises:
        ModelBroken: if its file is damaged or of another model.

    >>> calibration_for("an encoder that nobody measured") is None
    True
    """
    file = folder / file_name(model)
    if not file.is_file():
        return None
    calibration = read(file)
    if calibration.model != model:
        raise ModelBroken(
            "The calibration in %(file)s is that of %(found)s, not of %(wanted)s.",
            file=file.name,
            found=calibration.model,
            wanted=model,
        )
    return calibration


def file_name(model: str) -> str:
    """Returns the name of a model's file: its id, with what no file system likes replaced."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", model) + ".json"
