"""What the stages need of the engine; built once per process by the composition root, or by a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.asr import Transcriber
from engine.classification.language_model.trouble import Trouble
from engine.classification.values import Classifier, LabelledLine
from engine.config import EngineConfig
from engine.diarization import CropEncoder, Diarizer
from engine.language import HeardLanguage
from engine.values import Language, OnProgress, PcmReader, Span
from engine.weights import ModelChoice
from sessions_app.models import LabelBy


def _no_trouble() -> None:
    return None


@dataclass(frozen=True, slots=True)
class ChosenClassifier:
    """What labels lines.

    Attributes:
        classifier: judges.
        by: what it is, for people to know.
        trouble: tells what kept it from judging all that it was last asked; None where nothing did.

    >>> from engine.fakes import FakeClassifier
    >>> chosen = ChosenClassifier(FakeClassifier(), LabelBy.BUILTIN)
    >>> chosen.classifier.classifier_id, chosen.trouble()
    ('fake-classifier', None)
    """

    classifier: Classifier
    by: LabelBy
    trouble: Callable[[], Trouble | None] = _no_trouble


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

    def hear_language(
        self, choice: ModelChoice, audio: PcmReader, speech: Sequence[Span], on_progress: OnProgress
    ) -> HeardLanguage | None:
        """Returns the language of the first minutes of ``speech``, heard with ``choice``; None where nobody speaks.

        Raises:
            ModelBroken: the model knows one language only.
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

    def classifier(
        self,
        language: Language,
        corrections: Sequence[LabelledLine],
        learnt: Sequence[LabelledLine],
        *,
        remote: bool,
    ) -> ChosenClassifier:
        """Returns what tells story from table talk.

        Args:
            language: of the session.
            corrections: the group's own, for a language model to read as examples.
            learnt: those of them from which the built-in classifier learns.
            remote: whether the owner of the campaign agreed that lines leave this machine.
        """
        ...
