"""Who speaks when: the protocol that every diarizer keeps, and the number of speakers it is told to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.values import Diarization, OnProgress, PcmReader, Samples, Span, Vector, no_progress

__all__ = ["CropEncoder", "Diarizer", "SpeakerCount"]


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """How many people may be heard; None leaves a side open.

    A party's size makes an upper bound: ``SpeakerCount(max=6)``. Equal sides fix the number.

    >>> SpeakerCount(max=6).min is None
    True
    >>> SpeakerCount(min=4, max=2)
    Traceback (most recent call last):
        ...
    ValueError: the most speakers expected must not be fewer than the least
    """

    min: int | None = None
    max: int | None = None

    def __post_init__(self) -> None:
        if self.min is not None and self.min < 1:
            raise ValueError("at least one speaker must be expected")
        if self.max is not None and self.max < (self.min or 1):
            raise ValueError("the most speakers expected must not be fewer than the least")


class CropEncoder(Protocol):
    """Embeds whole crops; the voice encoder does, and so does a pyannote pipeline's embedding model."""

    @property
    def model_id(self) -> str:
        """Names the model; vectors of different models never compare."""
        ...

    def embed(self, samples: Samples) -> Vector:
        """Returns the unit vector of a crop that holds one voice."""
        ...


class Diarizer(Protocol):
    """Finds the turns of a recording and an embedding for each voice."""

    @property
    def model_id(self) -> str:
        """Names the model and its version; part of a Run's fingerprint."""
        ...

    def diarize(
        self,
        audio: PcmReader,
        speech: Sequence[Span],
        speakers: SpeakerCount,
        on_progress: OnProgress = no_progress,
    ) -> Diarization:
        """Returns turns and voices, numbered from 0 in the order in which they first speak.

        Args:
            audio: the prepared recording.
            speech: where somebody speaks; turns start and end near it, by the diarizer's own finer judgement.
            speakers: how many voices to expect.
            on_progress: called often; raising from it stops the work.
        """
        ...

    def voice_encoder(self) -> CropEncoder:
        """Returns the encoder that makes the voices' embeddings, loaded at its first use.

        Raises:
            ModelMissing, ModelBroken: its weights can't be had, or are damaged.
        """
        ...
