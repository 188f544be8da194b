"""What the stages need of the engine; built once per process by the composition root, or by a test."""

from __future__ import annotations

from typing import Protocol

from engine.asr import Transcriber
from engine.config import EngineConfig
from engine.diarization import CropEncoder, Diarizer
from engine.values import OnProgress
from engine.weights import ModelChoice


class Engine(Protocol):
    """The models of this process and the settings that they run with."""

    @property
    def config(self) -> EngineConfig:
        """Settings of every stage."""
        ...

    def choose_asr(self, on_progress: OnProgress) -> ModelChoice:
        """Returns the speech model to use, downloading it first if need be.

        Raises:
            ModelMissing: there is none, and none can be had now.
        """
        ...

    def transcriber(self, choice: ModelChoice) -> Transcriber:
        """Returns what transcribes with ``choice``, loaded at its first use and kept."""
        ...

    def diarizer(self) -> Diarizer:
        """Returns what tells voices apart."""
        ...

    def voice_encoder(self) -> CropEncoder:
        """Returns what makes vectors of voices that compare with those of the diarizer, loaded at its first use.

        Raises:
            ModelMissing, ModelBroken: its weights can't be had, or are damaged.
        """
        ...
