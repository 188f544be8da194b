"""Speech without words is found; noise and the edges of words are not taken for it."""

from __future__ import annotations

from engine.config import AsrConfig, GuardConfig
from engine.coverage import unheard
from engine.fakes import FakeAudio
from engine.values import Span, Utterance, Word
from tests.engine.conftest import tone

WORDS = (Word(1000, 1400, "De", 0.9), Word(1400, 2000, "draak", 0.9), Word(6000, 6500, "slaapt", 0.9))
HEARD = [Utterance(1000, 6500, WORDS)]


def holes(audio: FakeAudio, *speech: Span) -> list[Span]:
    return unheard(HEARD, audio, speech, AsrConfig(), GuardConfig())


def test_hole_between_words_is_found() -> None:
    assert holes(FakeAudio(tone(10.0)), Span(900, 6600)) == [Span(2250, 5750)]


def test_span_without_any_word_is_found() -> None:
    assert holes(FakeAudio(tone(10.0)), Span(1000, 2000), Span(8000, 9200)) == [Span(8000, 9200)]


def test_short_hole_is_none() -> None:
    assert holes(FakeAudio(tone(10.0)), Span(1000, 2900), Span(8000, 8900)) == []


def test_noise_that_was_taken_for_a_voice_is_none() -> None:
    samples = tone(10.0)
    samples[7900 * 16 : 9300 * 16] *= 0.003

    assert holes(FakeAudio(samples), Span(1000, 2000), Span(6000, 6500), Span(8000, 9200)) == []
