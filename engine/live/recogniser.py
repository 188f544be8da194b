"""Hears what utterances say: quickly for drafts, carefully for lines; one loaded model serves all captures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from statistics import mean
from typing import Any, Protocol

from engine.config import AsrConfig, GuardConfig
from engine.coverage import only_inside, unheard, widened
from engine.decoding import Decoder
from engine.edges import draw_to_speech
from engine.hallucination import believable
from engine.live.config import LiveConfig
from engine.values import Language, PcmReader, Span, Utterance
from engine.windows import Window


class Model(Protocol):
    """Holds a loaded ``WhisperModel``; :class:`engine.asr.FasterWhisperTranscriber`."""

    def load(self) -> Any:
        """Returns it, loading it at the first call."""
        ...


class Recogniser(Protocol):
    """Turns utterances into words."""

    def draft(self, audio: PcmReader, span: Span) -> list[str]:
        """Returns what seems to be said in ``span``, which may end within a word; nothing if in doubt."""
        ...

    def final(self, audio: PcmReader, span: Span, speech: Sequence[Span]) -> list[Utterance]:
        """Returns what is said in ``span``, of which ``speech`` is speech; nothing that is not believable."""
        ...


class LiveRecogniser:
    """Hears one language, and names that may be said.

    Args:
        model: shared by all recognisers of the process.
        language: never guessed.
        hotwords: names, the most important first.
        config: beam, temperatures and guards.

    Raises:
        ModelBroken: at the first utterance, if the model does not know the language.

    >>> from unittest.mock import Mock
    >>> from engine.fakes import FakeAudio
    >>> english_only = Mock(load=lambda: Mock(model=Mock(is_multilingual=False)))
    >>> LiveRecogniser(english_only, "nl").draft(FakeAudio.silence(1_000), Span(0, 1_000))
    Traceback (most recent call last):
        ...
    engine.errors.ModelBroken: The speech model does not know this session's language (nl).
    """

    def __init__(
        self,
        model: Model,
        language: Language,
        hotwords: Sequence[str] = (),
        config: LiveConfig = LiveConfig(),  # noqa: B008 (frozen)
    ) -> None:
        self._model, self._language, self._hotwords = model, language, tuple(hotwords)
        self._asr: AsrConfig = config.asr
        self._guards: GuardConfig = config.guards
        self._least_probability = config.least_probability

    def draft(self, audio: PcmReader, span: Span) -> list[str]:
        """Returns what seems to be said in ``span``; nothing where it is more than anybody could say."""
        words = self._for_drafts.text(audio, Window((span,))).split()
        most = max(4.0, self._guards.max_words_per_second * span.duration_ms / 1000)
        return words if len(words) <= most else []

    def final(self, audio: PcmReader, span: Span, speech: Sequence[Span]) -> list[Utterance]:
        """Returns what is said in ``span``, as the batch engine would hear and judge it."""
        heard = self._heard(audio, [span], speech)
        missing = unheard(heard, audio, speech, self._asr, self._guards)
        if not missing:
            return heard
        again = self._heard(audio, widened(missing, span), speech)
        found = [part for part in (only_inside(one, missing) for one in again) if part is not None]
        return sorted([*heard, *found])

    def _heard(self, audio: PcmReader, spans: Sequence[Span], speech: Sequence[Span]) -> list[Utterance]:
        heard: list[Utterance] = []
        for _, utterances in self._for_finals.decode(
            audio, [Window((span,)) for span in spans], lambda _: None
        ):
            heard += [utterance for utterance in utterances if self._is_plausible(utterance)]
        return believable(draw_to_speech(heard, speech), audio, speech, self._language, self._guards)

    def _is_plausible(self, utterance: Utterance) -> bool:
        """Tells words from what a short noise sounds like."""
        improbable = utterance.avg_logprob < self._guards.weak_logprob
        return not improbable or mean(w.probability for w in utterance.words) >= self._least_probability

    @cached_property
    def _for_finals(self) -> Decoder:
        return Decoder(self._model.load(), self._language, self._hotwords, self._asr)

    @cached_property
    def _for_drafts(self) -> Decoder:
        quick = replace(self._asr, beam_size=1, temperatures=(0.0,))
        return Decoder(self._model.load(), self._language, self._hotwords, quick)
