"""Transcribes a chunk with faster-whisper's model: windows full of speech in, words with times out."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from engine.config import AsrConfig, GuardConfig
from engine.coverage import only_inside, unheard, widened
from engine.decoding import Decoder
from engine.edges import draw_to_speech
from engine.errors import ModelBroken, ResourceShort
from engine.hallucination import believable
from engine.seams import join
from engine.values import Chunk, Language, OnProgress, PcmReader, Span, Utterance, no_progress
from engine.weights import has_gpu
from engine.windows import plan


@dataclass(frozen=True, slots=True)
class TranscribeRequest:
    """What the recogniser is told about a recording.

    Attributes:
        language: spoken at the table; never guessed.
        hotwords: names that may be said, the most important first; as many are used as fit.
        beam_size: width of the beam.

    >>> TranscribeRequest("nl", hotwords=("Mira", "Sunken Keep")).beam_size
    5
    >>> TranscribeRequest("fr")
    Traceback (most recent call last):
        ...
    ValueError: the language must be nl or en, not 'fr'
    """

    language: Language
    hotwords: tuple[str, ...] = ()
    beam_size: int = 5

    def __post_init__(self) -> None:
        if self.language not in ("nl", "en"):
            raise ValueError(f"the language must be nl or en, not {self.language!r}")
        if self.beam_size <= 0:
            raise ValueError("beam_size must be positive")


class Transcriber(Protocol):
    """Turns the speech of a chunk into words."""

    @property
    def model_id(self) -> str:
        """Names the model in fingerprints and on the page."""
        ...

    def transcribe(
        self,
        audio: PcmReader,
        chunk: Chunk,
        request: TranscribeRequest,
        on_progress: OnProgress = no_progress,
    ) -> list[Utterance]:
        """Returns what is said in ``chunk``, in time order, with times of the whole recording."""
        ...


class FasterWhisperTranscriber:
    """Transcribes with a model in CTranslate2's format, loaded at first use and kept.

    Args:
        model_dir: the model's folder.
        model_id: its name for fingerprints; the folder's name if not given.
        device: ``cpu``, ``cuda`` or ``auto``.
        compute_type: CTranslate2's; ``auto`` is int8 on a CPU and float16 on a GPU.
        threads: of one transcription on a CPU; 0 for CTranslate2's choice.
        config: how windows are formed and decoded.
        guards: what is not believed.
    """

    def __init__(
        self,
        model_dir: Path,
        *,
        model_id: str = "",
        device: str = "auto",
        compute_type: str = "auto",
        threads: int = 0,
        config: AsrConfig = AsrConfig(),  # noqa: B008 (frozen)
        guards: GuardConfig = GuardConfig(),  # noqa: B008 (frozen)
    ) -> None:
        self.model_dir = model_dir
        self.model_id = model_id or model_dir.name
        self._device, self._compute_type, self._threads = device, compute_type, threads
        self._config, self._guards = config, guards
        self._model: Any = None
        self._lock = threading.Lock()

    def transcribe(
        self,
        audio: PcmReader,
        chunk: Chunk,
        request: TranscribeRequest,
        on_progress: OnProgress = no_progress,
    ) -> list[Utterance]:
        """Returns what is said in ``chunk``; speech that gave no words even at the second try is marked.

        Raises:
            ModelBroken: the folder can't be loaded, or its model does not know the language.
            ResourceShort: the machine has too little memory for the model.
        """
        decoder = Decoder(self.load(), request.language, request.hotwords, self._with(request))
        bounds = Span(chunk.start_ms, chunk.end_ms)
        windows = plan(chunk.speech, bounds, audio, self._config)
        total = sum(window.duration_ms for window in windows)
        done = 0

        def report(added: int) -> None:
            nonlocal done
            done += added
            on_progress("transcribe", min(done, total), total)

        heard: list[Utterance] = []
        for window, utterances in decoder.decode(audio, windows, report):
            heard = (
                [*heard, *utterances] if window.overlap is None else join(heard, utterances, window.overlap)
            )
        drawn = draw_to_speech(heard, chunk.speech)
        heard = believable(drawn, audio, chunk.speech, request.language, self._guards)
        return self._check_coverage(heard, audio, chunk, decoder)

    def load(self) -> Any:
        """Returns the loaded ``WhisperModel``, loading it at the first call."""
        with self._lock:
            if self._model is None:
                self._model = self._load()
        return self._model

    def _load(self) -> Any:
        from faster_whisper import WhisperModel  # heavy; importing the engine must stay cheap

        try:
            return WhisperModel(
                str(self.model_dir),
                device=self._device,
                compute_type=self._fitting_compute_type(),
                cpu_threads=self._threads,
            )
        except (MemoryError, RuntimeError, ValueError, OSError) as error:
            if isinstance(error, MemoryError) or "out of memory" in str(error) or "bad_alloc" in str(error):
                raise ResourceShort(
                    "The machine has too little memory for the model.", detail=repr(error)
                ) from error
            raise ModelBroken(
                "The speech model in %(folder)s can't be loaded; it may be incomplete.",
                folder=self.model_dir.name,
                detail=repr(error),
            ) from error
        except Exception as error:  # tokenizers raises bare Exception for a damaged tokenizer.json
            raise ModelBroken(
                "The speech model in %(folder)s is damaged.", folder=self.model_dir.name, detail=repr(error)
            ) from error

    def _fitting_compute_type(self) -> str:
        if self._compute_type != "auto":
            return self._compute_type
        on_gpu = self._device == "cuda" or (self._device == "auto" and has_gpu())
        return "float16" if on_gpu else "int8"

    def _with(self, request: TranscribeRequest) -> AsrConfig:
        return replace(self._config, beam_size=request.beam_size)

    def _check_coverage(
        self, heard: list[Utterance], audio: PcmReader, chunk: Chunk, decoder: Decoder
    ) -> list[Utterance]:
        """Decodes speech without words once more, in windows of its own, and marks what stays empty."""
        missing = unheard(heard, audio, chunk.speech, self._config, self._guards)
        if not missing:
            return heard
        bounds = Span(chunk.start_ms, chunk.end_ms)
        windows = plan(widened(missing, bounds), bounds, audio, self._config)
        again: list[Utterance] = []
        for _, utterances in decoder.decode(audio, windows, lambda _: None):
            again += utterances
        found = [
            piece for piece in (only_inside(utterance, missing) for utterance in again) if piece is not None
        ]
        drawn = draw_to_speech(found, chunk.speech)
        found = believable(drawn, audio, chunk.speech, decoder.language, self._guards)
        still = unheard([*heard, *found], audio, chunk.speech, self._config, self._guards)
        marks = [Utterance(span.start_ms, span.end_ms, (), heard=False) for span in still]
        return sorted([*heard, *found, *marks], key=lambda utterance: (utterance.start_ms, utterance.end_ms))
