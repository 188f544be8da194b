"""Transcribing with the bundled model: the words of the fixtures, at their times, each once."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest

from engine.asr import FasterWhisperTranscriber, TranscribeRequest
from engine.audio import PcmFile, prepare
from engine.chunking import merge_chunks, pack
from engine.config import AsrConfig, ChunkConfig
from engine.errors import ModelBroken
from engine.fakes import FakeAudio
from engine.vad import detect
from engine.values import Chunk, Samples, Span, Utterance
from engine.weights import NANO
from tests.engine.conftest import FIXTURES, fixture_audio, tone

pytestmark = pytest.mark.models


@pytest.fixture(scope="session")
def transcriber() -> FasterWhisperTranscriber:
    return FasterWhisperTranscriber(NANO, device="cpu", threads=1)


@pytest.fixture
def sound(tmp_path: Path):
    """Returns the samples of a fixture."""

    def load(stem: str) -> Samples:
        prepare(fixture_audio(stem), tmp_path / f"{stem}.wav")
        with PcmFile(tmp_path / f"{stem}.wav") as pcm:
            return pcm.read(0, pcm.duration_ms)

    return load


def whole(audio: FakeAudio, speech: list[Span] | None = None) -> Chunk:
    return Chunk(0, 0, audio.duration_ms, tuple(detect(audio) if speech is None else speech))


def plain(utterances: list[Utterance]) -> list[str]:
    return ["".join(c for c in word.text.casefold() if c.isalnum()) for u in utterances for word in u.words]


@pytest.mark.parametrize("stem", ["en_5s", "nl_5s"])
def test_words_and_their_times_are_those_that_were_spoken(transcriber, sound, stem: str) -> None:
    truth = json.loads((FIXTURES / f"{stem}.json").read_text())
    audio = FakeAudio(sound(stem))

    heard = transcriber.transcribe(audio, whole(audio), TranscribeRequest(truth["language"]))

    words = [word for utterance in heard for word in utterance.words]
    assert [w.text.casefold().strip(".,?!") for w in words] == [
        w["text"].casefold().strip(".,?!") for w in truth["words"]
    ]
    pairs = list(zip(words, truth["words"], strict=True))
    off = [abs(word.start_ms - true["start_ms"]) for word, true in pairs]
    off += [abs(word.end_ms - true["end_ms"]) for word, true in pairs]
    assert statistics.median(off) < 200
    assert max(off) < 600  # the nano model places single words no better
    assert all(0 <= word.probability <= 1 for word in words)


def test_times_are_those_of_the_whole_recording(transcriber, sound) -> None:
    piece = sound("en_5s")
    audio = FakeAudio(np.concatenate([np.zeros(16_000 * 40, np.float32), piece]))
    speech = detect(audio)

    heard = transcriber.transcribe(
        audio, Chunk(1, 38_000, audio.duration_ms, tuple(speech)), TranscribeRequest("en")
    )

    assert 40_000 <= heard[0].start_ms < 41_000
    assert heard[-1].end_ms < 45_000


def test_batches_hear_what_single_windows_hear(sound) -> None:
    audio = FakeAudio(np.concatenate([sound("en_5s"), sound("en_5s"), sound("en_5s")]))
    heard = []
    for size in (1, 3):
        config = AsrConfig(batch_size=size, window_ms=6_000, overlap_ms=1_000)
        one = FasterWhisperTranscriber(NANO, device="cpu", threads=1, config=config)
        heard.append(one.transcribe(audio, whole(audio), TranscribeRequest("en")))

    assert plain(heard[0]) == plain(heard[1])
    assert len(plain(heard[0])) % 3 == 0


@pytest.mark.parametrize(("stem", "times"), [("en_5s", 6), ("nl_5s", 6), ("en_30s", 2), ("nl_30s", 2)])
def test_hard_cuts_through_real_sound_lose_and_double_no_word(
    transcriber, sound, stem: str, times: int
) -> None:
    """Speech as one span, without a pause to cut in: cut wherever it falls."""
    truth = json.loads((FIXTURES / f"{stem}.json").read_text())
    piece = sound(stem)[: 16 * (truth["words"][-1]["end_ms"] + 300)]
    audio = FakeAudio(np.concatenate([piece] * times))
    duration_ms = audio.duration_ms
    config = ChunkConfig(target_ms=8_000, max_ms=10_000, overlap_ms=4_000)
    chunks = pack([Span(0, duration_ms)], duration_ms, config)
    assert len(chunks) > 2

    request = TranscribeRequest(truth["language"])
    merged = merge_chunks([(c, transcriber.transcribe(audio, c, request)) for c in chunks])

    expected = ["".join(c for c in word["text"].casefold() if c.isalnum()) for word in truth["words"]] * times
    same = SequenceMatcher(a=expected, b=plain(merged), autojunk=False).ratio()
    assert same > 0.97


def test_silence_and_noise_say_nothing(transcriber) -> None:
    noise = (0.001 * np.random.default_rng(1).standard_normal(16_000 * 6)).astype(np.float32)
    for samples in (np.zeros(16_000 * 6, np.float32), noise):
        audio = FakeAudio(samples)
        assert transcriber.transcribe(audio, whole(audio), TranscribeRequest("nl")) == []


def test_speech_that_stays_empty_is_marked(transcriber, monkeypatch: pytest.MonkeyPatch, sound) -> None:
    audio = FakeAudio(sound("en_5s"))
    tries: list[int] = []

    def nothing(self, audio, windows, report):
        tries.append(len(windows))
        yield from ((window, []) for window in windows)

    monkeypatch.setattr("engine.decoding.Decoder.decode", nothing)
    heard = transcriber.transcribe(audio, whole(audio), TranscribeRequest("en"))

    assert [u.heard for u in heard] == [False]
    assert heard[0].words == ()
    assert len(tries) == 2


def test_names_are_given_as_far_as_they_fit(transcriber, sound) -> None:
    audio = FakeAudio(sound("en_5s"))
    names = tuple(f"Mira{number}" for number in range(500))

    heard = transcriber.transcribe(audio, whole(audio), TranscribeRequest("en", ("Borin", *names)))

    assert heard


def test_progress_ends_at_its_total_and_can_stop_the_work(transcriber, sound) -> None:
    audio = FakeAudio(sound("en_30s"))
    seen: list[tuple[str, int, int]] = []
    transcriber.transcribe(audio, whole(audio), TranscribeRequest("en"), lambda *step: seen.append(step))

    class StopError(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        transcriber.transcribe(audio, whole(audio), TranscribeRequest("en"), stop)
    assert seen[-1][1] == seen[-1][2]
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_broken_folder_is_said_to_be_broken(tmp_path: Path) -> None:
    for damaged, content in (("model.bin", b"nothing"), ("tokenizer.json", b"{")):
        folder = tmp_path / damaged.split(".")[0]
        shutil.copytree(NANO, folder)
        (folder / damaged).chmod(0o644)
        (folder / damaged).write_bytes(content)
        with pytest.raises(ModelBroken):
            FasterWhisperTranscriber(folder, device="cpu").load()


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="nl or en"):
        TranscribeRequest("fr")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="beam_size"):
        TranscribeRequest("nl", beam_size=0)


def test_importing_the_engine_loads_no_model_and_no_django() -> None:
    code = (
        "import sys, engine, engine.asr, engine.audio, engine.chunking, engine.vad, engine.weights, engine.fakes;"
        "heavy = {'torch', 'faster_whisper', 'ctranslate2', 'onnxruntime', 'django', 'huggingface_hub'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_tone_is_not_marked_as_unheard_speech(transcriber) -> None:
    audio = FakeAudio(tone(5.0))

    assert transcriber.transcribe(audio, whole(audio), TranscribeRequest("en")) == []
