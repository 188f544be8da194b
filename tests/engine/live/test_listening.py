"""Captions of a session whose language nobody said."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.fakes import FakeAudio
from engine.live.listening import ListeningRecogniser
from engine.values import Span, Utterance, Word


class Model:
    """Hears Dutch or English as ``says`` tells, utterance after utterance."""

    def __init__(self, says: str, probability: float) -> None:
        self.says, self.probability, self.asked = says.split(), probability, 0

    def load(self):
        return SimpleNamespace(model=SimpleNamespace(is_multilingual=True), detect_language=self._detect)

    def _detect(self, audio):
        language = self.says[self.asked % len(self.says)]
        self.asked += 1
        other = "en" if language == "nl" else "nl"
        return language, 1.0, [(language, self.probability), (other, 1 - self.probability)]


class Hears:
    """Writes down its language instead of words."""

    def __init__(self, language) -> None:
        self.language = language

    def draft(self, audio, span):
        return [self.language]

    def final(self, audio, span, speech):
        return [
            Utterance(span.start_ms, span.end_ms, (Word(span.start_ms, span.end_ms, self.language, 1.0),))
        ]


@pytest.fixture
def audio() -> FakeAudio:
    return FakeAudio.silence(300_000)


def finals(recogniser, audio, count: int, length_ms: int) -> list[str]:
    spans = [Span(n * length_ms, (n + 1) * length_ms) for n in range(count)]
    return [recogniser.final(audio, span, [span])[0].text for span in spans]


def test_captions_turn_to_the_language_that_is_heard(audio) -> None:
    pinned = []
    recogniser = ListeningRecogniser(Model("en", 0.999), "nl", Hears, pinned.append)
    assert recogniser.draft(audio, Span(0, 1000)) == ["nl"]
    assert finals(recogniser, audio, 3, 10_000) == ["en", "en", "en"]
    assert recogniser.draft(audio, Span(0, 1000)) == ["en"]
    assert [heard.language for heard in pinned] == ["en"]


def test_language_that_is_pinned_stays(audio) -> None:
    pinned = []
    model = Model("nl nl nl en en en en en", 0.999)
    recogniser = ListeningRecogniser(model, "nl", Hears, pinned.append)
    assert set(finals(recogniser, audio, 8, 10_000)) == {"nl"}
    assert len(pinned) == 1
    assert model.asked == 2


def test_a_few_words_pin_nothing(audio) -> None:
    pinned = []
    finals(ListeningRecogniser(Model("nl", 0.999), "en", Hears, pinned.append), audio, 3, 2000)
    assert pinned == []


def test_doubt_ends_after_a_while(audio) -> None:
    pinned = []
    finals(ListeningRecogniser(Model("nl", 0.55), "en", Hears, pinned.append), audio, 9, 10_000)
    assert [(heard.language, heard.speech_ms) for heard in pinned] == [("nl", 90_000)]


def test_noise_is_not_listened_to(audio) -> None:
    model = Model("nl", 0.9)
    ListeningRecogniser(model, "en", Hears, print).final(audio, Span(0, 1000), [])
    assert model.asked == 0


def test_model_of_one_language_captions_without_listening_for_others(audio) -> None:
    pinned = []
    model = SimpleNamespace(load=lambda: SimpleNamespace(model=SimpleNamespace(is_multilingual=False)))
    recogniser = ListeningRecogniser(model, "en", Hears, pinned.append)
    assert finals(recogniser, audio, 2, 60_000) == ["en", "en"]
    assert pinned == []
