"""What the captioner needs of the engine; built by the composition root, or by a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, cast
from uuid import UUID

from engine.diarization import CropEncoder
from engine.language import HeardLanguage
from engine.live.config import LiveConfig
from engine.live.listening import ListeningRecogniser
from engine.live.recogniser import LiveRecogniser, Model, Recogniser
from engine.live.transcriber import LiveTranscriber
from engine.values import Language, PcmReader, Span, Utterance
from sessions_app.models import Session
from sessions_app.runs.inputs import RunInputs


class LiveEngine(Protocol):
    """The models of live captioning; one set for all captures of a process."""

    @property
    def encoder(self) -> CropEncoder:
        """Embeds voices."""
        ...

    @property
    def is_fallback(self) -> bool:
        """Whether text comes from the bundled model for want of a real one, which pages must say."""
        ...

    def recogniser(self, session: Session) -> Recogniser:
        """Returns what hears the language and the names of ``session``."""
        ...

    def transcriber(self, capture: UUID, start: int) -> LiveTranscriber:
        """Returns what captions ``capture`` from sample ``start`` on."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedEngine:
    """The engine with models in memory; see :class:`LiveEngine`."""

    model: Model
    encoder: CropEncoder
    is_fallback: bool
    config: LiveConfig

    def recogniser(self, session: Session) -> Recogniser:
        """Returns what hears the session's language, and the names of the party's cast."""
        names = RunInputs.of(session).hotwords
        expected = cast(Language, session.language)

        def hears(language: Language) -> LiveRecogniser:
            return LiveRecogniser(self.model, language, names, self.config)

        if not session.detect_language:
            return hears(expected)
        return ListeningRecogniser(self.model, expected, hears, partial(pin_language, session.pk))

    def transcriber(self, capture: UUID, start: int) -> LiveTranscriber:
        """Returns what captions ``capture`` from sample ``start`` on."""
        return LiveTranscriber(capture, start=start, config=self.config)


def pin_language(session: int, heard: HeardLanguage) -> None:
    """Makes what was heard the language of the session with this primary key, unless somebody said it meanwhile.

    >>> session.detect_language = True
    >>> session.save()
    >>> pin_language(session.pk, HeardLanguage("en", probability=0.98, speech_ms=30_000))
    >>> session.refresh_from_db()
    >>> session.language, session.detect_language
    ('en', False)
    """
    Session.objects.filter(pk=session, detect_language=True).update(
        language=heard.language, detect_language=False, language_detected=True
    )


class Deaf:
    """Hears nothing; for an utterance that can't be decoded, which must not keep the rest waiting."""

    def draft(self, audio: PcmReader, span: Span) -> list[str]:
        """Returns no words."""
        return []

    def final(self, audio: PcmReader, span: Span, speech: Sequence[Span]) -> list[Utterance]:
        """Returns no words."""
        return []
