"""Hears which language is spoken while captions are made, for a session whose language nobody said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.errors import ModelBroken
from engine.language import WINDOW_MS, HeardLanguage, Listener
from engine.live.recogniser import Model, Recogniser
from engine.values import Language, PcmReader, Span, Utterance

SURE, SURE_AFTER_MS = 0.9, 20_000
"""The language is pinned once it is this probable, after this much speech,"""
PINNED_AFTER_MS = 90_000
"""or after this much in any case."""


class ListeningRecogniser:
    """Hears each utterance in the language that seems to be spoken by then, until it is pinned.

    Args:
        model: shared by all recognisers of the process.
        expected: the language of the first drafts.
        make: makes what hears one language.
        pin: told the language once it is certain enough; never again after that.

    >>> from unittest.mock import Mock
    >>> from engine.fakes import FakeAudio
    >>> whisper = Mock(detect_language=lambda samples: ("nl", 0.97, [("nl", 0.97), ("en", 0.03)]))
    >>> listening = ListeningRecogniser(Mock(load=lambda: whisper), "en", make=Mock(), pin=print)
    >>> spoken = Span(0, 25_000)
    >>> heard = listening.final(FakeAudio.silence(25_000), spoken, [spoken])
    HeardLanguage(language='nl', probability=0.9..., speech_ms=25000)
    """

    def __init__(
        self,
        model: Model,
        expected: Language,
        make: Callable[[Language], Recogniser],
        pin: Callable[[HeardLanguage], None],
    ) -> None:
        self._model, self._make, self._pin = model, make, pin
        self._listener: Listener | None = None
        self._language = expected
        self._recogniser = make(expected)
        self._is_pinned = False

    def draft(self, audio: PcmReader, span: Span) -> list[str]:
        """Returns what seems to be said, in the language that was heard last."""
        return self._recogniser.draft(audio, span)

    def final(self, audio: PcmReader, span: Span, speech: Sequence[Span]) -> list[Utterance]:
        """Returns what is said, in the language that seems to be spoken by now."""
        if not self._is_pinned and speech:
            self._listen(audio, span)
        return self._recogniser.final(audio, span, speech)

    def _listen(self, audio: PcmReader, span: Span) -> None:
        if self._listener is None:
            try:
                self._listener = Listener(self._model.load())
            except ModelBroken:  # it knows one language; the Run says so to people, and captions go on
                self._is_pinned = True
                return
        self._listener.hear(audio.read(span.start_ms, min(span.end_ms, span.start_ms + WINDOW_MS)))
        heard = self._listener.heard
        if heard is None:
            return
        if heard.language != self._language:
            self._language, self._recogniser = heard.language, self._make(heard.language)
        sure = heard.probability >= SURE and heard.speech_ms >= SURE_AFTER_MS
        if sure or heard.speech_ms >= PINNED_AFTER_MS:
            self._pin(heard)
            self._is_pinned = True
