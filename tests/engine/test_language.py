"""Hearing the language: once, from the first minutes of speech."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from engine.asr import FasterWhisperTranscriber
from engine.audio import PcmFile, prepare
from engine.errors import ModelBroken
from engine.fakes import FakeAudio
from engine.language import ENOUGH_MS, hear_language
from engine.vad import detect
from engine.values import Span
from engine.weights import NANO
from tests.engine.conftest import fixture_audio


class Model:
    """Hears what ``says`` gives for each window, in turn."""

    def __init__(self, *says: dict[str, float], is_multilingual: bool = True) -> None:
        self.model = SimpleNamespace(is_multilingual=is_multilingual)
        self.says, self.heard = list(says), []

    def detect_language(self, audio):
        found = self.says[len(self.heard) % len(self.says)]
        self.heard.append(len(audio))
        return "xx", 1.0, list(found.items())


@pytest.mark.parametrize(
    ("stem", "language"), [("en_5s", "en"), ("nl_5s", "nl"), ("nl_30s", "nl"), ("en_30s", "en")]
)
def test_bundled_model_hears_its_two_languages(tmp_path, stem, language) -> None:
    prepare(fixture_audio(stem), tmp_path / "a.wav")
    model = FasterWhisperTranscriber(NANO, device="cpu", threads=1).load()
    with PcmFile(tmp_path / "a.wav") as audio:
        found = hear_language(model, audio, detect(audio))
    assert found is not None
    assert (found.language, found.probability > 0.7) == (language, True)


def test_all_windows_count_by_their_length() -> None:
    model = Model({"nl": 0.4, "en": 0.6}, {"nl": 0.9, "en": 0.1})
    audio = FakeAudio.silence(60_000)
    found = hear_language(model, audio, [Span(0, 60_000)])
    assert found is not None
    assert found.language == "nl"
    assert math.isclose(found.probability, 0.36 / (0.36 + 0.06), rel_tol=1e-6)


def test_third_languages_are_never_the_answer() -> None:
    found = hear_language(
        Model({"de": 0.97, "nl": 0.02, "en": 0.01}), FakeAudio.silence(5000), [Span(0, 5000)]
    )
    assert found is not None
    assert (found.language, found.speech_ms) == ("nl", 5000)


def test_only_the_first_minutes_of_speech_are_listened_to() -> None:
    model = Model({"nl": 1.0})
    told: list[tuple[int, int]] = []
    speech = [Span(start, start + 20_000) for start in range(0, 600_000, 25_000)]
    audio = FakeAudio(np.zeros(16 * 600_000, dtype=np.float32))
    hear_language(model, audio, speech, lambda _, done, total: told.append((done, total)))
    assert sum(model.heard) == 16 * ENOUGH_MS
    assert told[-1] == (ENOUGH_MS, ENOUGH_MS)


def test_silence_has_no_language() -> None:
    assert hear_language(Model({"nl": 1.0}), FakeAudio.silence(5000), []) is None


def test_model_of_one_language_says_so() -> None:
    with pytest.raises(ModelBroken, match="English alone"):
        hear_language(Model({}, is_multilingual=False), FakeAudio.silence(5000), [Span(0, 5000)])
