"""A Dutch table that says its rules in English: the session's language is told once and kept, also in mid-line.

The bundled model hears by itself which words are whose. That a real one, which could slip into the other language or
translate, is told the session's language for every window is shown by looking at what it is asked.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from engine.asr import FasterWhisperTranscriber, TranscribeRequest
from engine.audio import PcmFile, prepare
from engine.fakes import FakeAudio, FakeDiarizer
from engine.language import hear_language
from engine.live.recogniser import LiveRecogniser
from engine.pipeline import run
from engine.vad import detect
from engine.values import Language, Samples
from engine.weights import NANO
from tests.engine.conftest import FIXTURES, fixture_audio
from tests.engine.live.test_recogniser import captions

pytestmark = pytest.mark.models

TRUTH: dict[str, Any] = json.loads((FIXTURES / "mixed_30s.json").read_text(encoding="utf-8"))
ENGLISH = ("I attack the troll with my axe.", "Make a saving throw, Tom.", "Roll for initiative.")
DUTCH = (
    "Nee, ik blijf hier bij Mira.",
    "Doe een worp, Tom.",
    "Ik gooi vuurbal op de spin.",
    "Wie wil er nog koffie?",
)


@pytest.fixture(scope="module")
def nano() -> FasterWhisperTranscriber:
    return FasterWhisperTranscriber(NANO, device="cpu", threads=1)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    wav = tmp_path_factory.mktemp("mixed") / "a.wav"
    prepare(fixture_audio("mixed_30s"), wav)
    with PcmFile(wav) as audio:
        return audio.read(0, audio.duration_ms)


class Watched:
    """A loaded model that notes what it is asked, and would fail if it were asked for the language."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.prompts: list[list[int]] = []

    def __getattr__(self, name: str) -> Any:
        if name == "detect_language":
            raise AssertionError("the language is told, never heard in a window")
        return getattr(self._model, name)

    @property
    def model(self) -> Any:
        return self

    def generate(self, encoded: Any, prompts: list[list[int]], **options: Any) -> Any:
        self.prompts += prompts
        return self._model.model.generate(encoded, prompts, **options)

    @property
    def is_multilingual(self) -> bool:
        return bool(self._model.model.is_multilingual)

    @property
    def device(self) -> str:
        return str(self._model.model.device)

    def align(self, *args: Any, **options: Any) -> Any:
        return self._model.model.align(*args, **options)


@pytest.fixture
def watched(nano: FasterWhisperTranscriber, monkeypatch: pytest.MonkeyPatch) -> Watched:
    model = Watched(nano.load())
    monkeypatch.setattr(nano, "load", lambda: model)
    return model


def told(model: Watched) -> set[tuple[bool, bool, bool, bool]]:
    """Returns for each prompt whether it holds the marks of Dutch, English, transcribing and translating."""
    number = model.hf_tokenizer.token_to_id
    marks = [number(f"<|{mark}|>") for mark in ("nl", "en", "transcribe", "translate")]
    return {tuple(mark in prompt for mark in marks) for prompt in model.prompts}  # type: ignore[misc]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_each_sentence_of_a_recording_comes_out_in_its_own_language(nano: FasterWhisperTranscriber) -> None:
    request = TranscribeRequest("nl")
    found = run(fixture_audio("mixed_30s"), request=request, transcriber=nano, diarizer=FakeDiarizer())
    text = " ".join(line.text for line in found.lines)
    assert found.language == "nl"
    assert all(sentence in text for sentence in (*ENGLISH, *DUTCH))
    missing = [
        word for word in words(" ".join(turn["text"] for turn in TRUTH["turns"])) if word not in words(text)
    ]
    assert missing == []


def test_each_sentence_comes_out_in_its_own_language_live(
    nano: FasterWhisperTranscriber, sound: Samples
) -> None:
    _, finals = captions(sound, LiveRecogniser(nano, "nl"))
    text = " ".join(piece.text for final in finals for piece in final.pieces)
    assert all(sentence in text for sentence in (*ENGLISH, *DUTCH))


@pytest.mark.parametrize(("language", "marks"), [("nl", (True, False)), ("en", (False, True))])
def test_every_window_is_told_the_sessions_language(
    nano: FasterWhisperTranscriber, watched: Watched, language: Language, marks: tuple[bool, bool]
) -> None:
    request = TranscribeRequest(language, hotwords=("saving throw", "Borin"))
    run(fixture_audio("mixed_30s"), request=request, transcriber=nano, diarizer=FakeDiarizer())
    assert told(watched) == {(*marks, True, False)}


def test_every_draft_and_line_is_told_the_sessions_language(
    nano: FasterWhisperTranscriber, watched: Watched, sound: Samples
) -> None:
    drafts, finals = captions(sound, LiveRecogniser(nano, "nl", ["saving throw"]))
    assert drafts
    assert len(watched.prompts) > len(finals)
    assert told(watched) == {(True, False, True, False)}


def test_mixed_talk_is_heard_as_the_language_of_most_of_it(
    nano: FasterWhisperTranscriber, sound: Samples
) -> None:
    audio = FakeAudio(sound)
    heard = hear_language(nano.load(), audio, detect(audio))
    assert heard is not None
    assert heard.language == TRUTH["language"]
