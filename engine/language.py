"""Hears which language a session is spoken in, from the first minutes of speech; asked once, then it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any, get_args

import numpy as np

from engine.clock import ms_to_samples, samples_to_ms
from engine.errors import ModelBroken
from engine.values import Language, OnProgress, PcmReader, Samples, Span, no_progress

LANGUAGES: tuple[Language, ...] = get_args(Language)

WINDOW_MS = 30_000
ENOUGH_MS = 180_000
"""Of speech; a stranger's first sentences may be in another language than the evening."""
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class HeardLanguage:
    """Which language is spoken.

    Attributes:
        language: the likeliest of those that Scribe knows.
        probability: that it is this one and none of the others, 0 to 1.
        speech_ms: how much speech that was judged from.
    """

    language: Language
    probability: float
    speech_ms: int


class Listener:
    """Judges sound after sound, longer ones more, and says which language it heard in them by then.

    Args:
        model: a loaded ``faster_whisper.WhisperModel``.

    Raises:
        ModelBroken: the model knows one language only.

    >>> from types import SimpleNamespace
    >>> whisper = SimpleNamespace(
    ...     model=SimpleNamespace(is_multilingual=True),
    ...     detect_language=lambda samples: ("nl", 0.8, [("nl", 0.8), ("en", 0.2)]),
    ... )
    >>> listener = Listener(whisper)
    >>> listener.hear(np.zeros(ms_to_samples(WINDOW_MS), np.float32))
    >>> listener.heard
    HeardLanguage(language='nl', probability=0.8..., speech_ms=30000)
    """

    def __init__(self, model: Any) -> None:
        if not model.model.is_multilingual:
            raise ModelBroken("The speech model knows English alone, so it can't tell languages apart.")
        self._model = model
        self._scores = dict.fromkeys(LANGUAGES, 0.0)
        self._samples = 0

    def hear(self, samples: Samples) -> None:
        """Takes in speech of 16 kHz, at most :data:`WINDOW_MS` of it."""
        probabilities = dict(self._model.detect_language(samples)[2])
        weight = len(samples) / ms_to_samples(WINDOW_MS)
        for language in LANGUAGES:
            self._scores[language] += weight * log(max(LEAST, probabilities.get(language, 0.0)))
        self._samples += len(samples)

    @property
    def heard(self) -> HeardLanguage | None:
        """What was heard by now; None before anything was."""
        if not self._samples:
            return None
        best = max(LANGUAGES, key=lambda language: self._scores[language])
        odds = [exp(self._scores[language] - self._scores[best]) for language in LANGUAGES]
        return HeardLanguage(best, 1 / sum(odds), samples_to_ms(self._samples))


def hear_language(
    model: Any, audio: PcmReader, speech: Sequence[Span], on_progress: OnProgress = no_progress
) -> HeardLanguage | None:
    """Returns the language of the first minutes of ``speech``, or None where nobody speaks.

    Args:
        model: a loaded ``faster_whisper.WhisperModel``.
        audio: the whole recording.
        speech: where somebody speaks, in the order of time.
        on_progress: called with ``("language", done, total)`` in milliseconds of speech.

    Raises:
        ModelBroken: the model knows one language only.
    """
    listener = Listener(model)
    early = list(_first(speech, ENOUGH_MS))
    total = sum(span.duration_ms for span in early)
    for samples in _windows(audio, early):
        listener.hear(samples)
        done = listener.heard.speech_ms if listener.heard else 0
        on_progress("language", min(done, total), total)
    return listener.heard


def _first(speech: Iterable[Span], enough_ms: int) -> Iterator[Span]:
    """Yields ``speech`` until there is enough of it."""
    left = enough_ms
    for span in speech:
        if left <= 0:
            return
        yield Span(span.start_ms, min(span.end_ms, span.start_ms + left))
        left -= span.duration_ms


def _windows(audio: PcmReader, speech: Sequence[Span]) -> Iterator[Samples]:
    """Yields the sound of ``speech``, in windows as long as the model listens to at once."""
    waiting: list[Samples] = []
    size, most = 0, ms_to_samples(WINDOW_MS)
    for span in speech:
        for start_ms in range(span.start_ms, span.end_ms, WINDOW_MS):
            samples = audio.read(start_ms, min(span.end_ms, start_ms + WINDOW_MS))
            waiting.append(samples)
            size += len(samples)
            while size >= most:
                whole = np.concatenate(waiting)
                yield whole[:most]
                waiting, size = [whole[most:]], size - most
    if size:
        yield np.concatenate(waiting)
