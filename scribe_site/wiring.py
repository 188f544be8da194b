"""Builds the engine's models from the settings: one set per process, each loaded at its first use and then kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from engine.asr import FasterWhisperTranscriber
from engine.classification.values import LabelledLine
from engine.config import AsrConfig, ChunkConfig, EngineConfig, MediaConfig
from engine.diarization import CropEncoder, Diarizer
from engine.hub import Hub
from engine.language import HeardLanguage, hear_language
from engine.values import Language, OnProgress, PcmReader, Span
from engine.weights import NANO_ID, ModelChoice, find_asr_model, has_gpu
from scribe_site.config import Config, get_config
from scribe_site.processes import captioner_threads, worker_threads
from sessions_app.models import LabelBy
from sessions_app.runs.engine import ChosenClassifier

if TYPE_CHECKING:
    from engine.live.config import LiveConfig

FALLBACK_STANDS_S = 30 * 60
"""How long the bundled model is used before the hub is asked again; asking costs seconds where there is no way out."""


def engine_config(config: Config) -> EngineConfig:
    """Returns the settings of the stages that ``config`` gives.

    >>> engine_config(Config(chunk_minutes=5, recording_max_hours=12)).chunks
    ChunkConfig(target_ms=300000, max_ms=600000, overlap_ms=6000, ...)
    """
    chunk_ms = round(config.chunk_minutes * 60_000)
    return EngineConfig(
        media=MediaConfig(max_duration_ms=round(config.recording_max_hours * 3_600_000)),
        chunks=ChunkConfig(target_ms=chunk_ms, max_ms=2 * chunk_ms, overlap_ms=min(6_000, chunk_ms // 2)),
        asr=AsrConfig(beam_size=config.asr_beam_size),
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """A model that was chosen, and when to ask again whether a better one can be had by now."""

    choice: ModelChoice
    ask_again_at: float


@dataclass(frozen=True, slots=True)
class LiveModels:
    """What live captions are made with.

    Attributes:
        model: hears words; loaded.
        encoder: tells voices.
        is_fallback: whether the model is the bundled one for want of a real one, which pages must say.
        config: how they are used.
    """

    model: FasterWhisperTranscriber
    encoder: CropEncoder
    is_fallback: bool
    config: LiveConfig


class ConfiguredEngine:
    """The engine as this installation is configured; see :class:`sessions_app.runs.engine.Engine`."""

    def __init__(self, config: Config) -> None:
        self._settings = config
        self.config = engine_config(config)
        self._choices: dict[str, _Kept] = {}
        self._transcriber: FasterWhisperTranscriber | None = None
        self._lock = threading.Lock()

    def choose_asr(self, on_progress: OnProgress) -> ModelChoice:
        """Returns the speech model, downloading it if it is not here; the choice is kept.

        Raises:
            ModelMissing, ModelBroken: as :func:`engine.weights.find_asr_model`.
        """
        return self._choose(self._settings.asr_model, on_progress)

    def choose_live(self, on_progress: OnProgress) -> ModelChoice:
        """Returns the speech model of live captions: one of their own where the settings name one, else the same.

        Raises:
            ModelMissing, ModelBroken: as :func:`engine.weights.find_asr_model`.
        """
        return self._choose(self._settings.live_model or self._settings.asr_model, on_progress)

    def _choose(self, wanted: str, on_progress: OnProgress) -> ModelChoice:
        with self._lock:
            kept = self._choices.get(wanted)
            if kept is None or (kept.choice.is_fallback_nano and time.monotonic() > kept.ask_again_at):
                choice = find_asr_model(
                    wanted,
                    cache_dir=self._settings.models_dir,
                    device=self._settings.asr_device,
                    on_progress=on_progress,
                    downloader=Hub(self._settings.models_dir, timeout_s=self._settings.hub_timeout_s),
                )
                kept = _Kept(choice, time.monotonic() + FALLBACK_STANDS_S)
                self._choices[wanted] = kept
            return kept.choice

    def transcriber(self, choice: ModelChoice) -> FasterWhisperTranscriber:
        """Returns the transcriber of ``choice``; another choice than before lets go of the model in memory."""
        with self._lock:
            if self._transcriber is None or self._transcriber.model_dir != choice.path:
                self._transcriber = FasterWhisperTranscriber(
                    choice.path,
                    model_id=choice.model_id,
                    device=self._settings.asr_device,
                    compute_type=self._compute_type(),
                    threads=worker_threads(self._settings),
                    config=self._asr_config(choice),
                    guards=self.config.guards,
                )
            return self._transcriber

    def hear_language(
        self, choice: ModelChoice, audio: PcmReader, speech: Sequence[Span], on_progress: OnProgress
    ) -> HeardLanguage | None:
        """Returns the language of the first minutes of ``speech``, heard with the transcriber's own model.

        Raises:
            ModelBroken, ResourceShort: as :meth:`engine.asr.FasterWhisperTranscriber.load` and
                :func:`engine.language.hear_language`.
        """
        return hear_language(self.transcriber(choice).load(), audio, speech, on_progress)

    def classifier(
        self,
        language: Language,
        corrections: Sequence[LabelledLine],
        learnt: Sequence[LabelledLine],
        *,
        remote: bool,
    ) -> ChosenClassifier:
        """Returns the language model where one is set up and may be asked, else the built-in classifier."""
        settings = self._settings
        if settings.llm_url and (remote or not settings.llm_is_remote):
            from engine.classification.language_model import LanguageModelClassifier, LanguageModelSettings

            model = LanguageModelClassifier(
                LanguageModelSettings(
                    url=settings.llm_url,
                    model=settings.llm_model,
                    key=settings.llm_key.get_secret_value(),
                    timeout_s=settings.llm_timeout_s,
                    prompts_dir=settings.own_prompts,
                ),
                language,
                corrections,
            )
            return ChosenClassifier(model, LabelBy.MODEL, lambda: model.trouble)
        from engine.classification.builtin import BuiltinClassifier  # heavy

        return ChosenClassifier(BuiltinClassifier(language, learnt), LabelBy.BUILTIN)

    def live(self, on_progress: OnProgress) -> LiveModels:
        """Returns the models of live captioning, loaded.

        Raises:
            ModelMissing, ModelBroken, ResourceShort: they can't be had now.
        """
        from engine.live.config import LiveConfig  # only captioners need it

        choice = self.choose_live(on_progress)
        model = FasterWhisperTranscriber(
            choice.path,
            model_id=choice.model_id,
            device=self._settings.asr_device,
            compute_type=self._compute_type(),
            threads=captioner_threads(self._settings),
        )
        model.load()
        live = LiveConfig(guards=self.config.guards)
        asr = replace(live.asr, beam_size=self._settings.asr_beam_size)
        asr = replace(asr, hotword_tokens=0) if choice.model_id == NANO_ID else asr
        return LiveModels(model, self.voice_encoder(), choice.is_fallback_nano, replace(live, asr=asr))

    def _asr_config(self, choice: ModelChoice) -> AsrConfig:
        """Returns the settings of transcription; the nano model never saw a list of names, which makes it babble."""
        asr = self.config.asr
        return replace(asr, hotword_tokens=0) if choice.model_id == NANO_ID else asr

    def _compute_type(self) -> str:
        """Returns whole numbers for a processor, where a hub's 16-bit folder would otherwise run in 32 bits, slowly."""
        return "default" if self._settings.asr_device != "cpu" and has_gpu() else "int8"

    def diarizer(self) -> Diarizer:
        """Returns the diarizer."""
        return self._diarizer

    def voice_encoder(self) -> CropEncoder:
        """Returns the diarizer's own, so that the vectors that both make compare, and one model is in memory."""
        return self._diarizer.voice_encoder()

    @cached_property
    def _diarizer(self) -> Diarizer:
        settings = self._settings
        if settings.diarizer == "pyannote" or (settings.diarizer == "auto" and settings.pyannote_model):
            from engine.diarization.pyannote import SUGGESTED, PyannoteDiarizer  # heavy, and seldom wanted

            return PyannoteDiarizer(
                settings.pyannote_model or SUGGESTED, settings.hf_token.get_secret_value()
            )
        from engine.diarization.builtin import BuiltinDiarizer  # heavy

        return BuiltinDiarizer()


@cache
def get_engine() -> ConfiguredEngine:
    """Returns this process's engine."""
    return ConfiguredEngine(get_config())
