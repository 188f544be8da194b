"""The nano model's maker and what it made: scripts, vocabulary, recordings with their truth, and the model itself."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from faster_whisper import WhisperModel, decode_audio

from engine import pipeline
from engine.asr import FasterWhisperTranscriber, TranscribeRequest
from engine.fakes import FakeDiarizer
from tools.nano import evaluation
from tools.nano.corpus import Corpus, make_corpus, mel_power
from tools.nano.espeak import SAMPLE_RATE, engine
from tools.nano.export import export
from tools.nano.recordings import perform
from tools.nano.scenes import scene, scene_names
from tools.nano.sentences import LANGUAGES, Grammar, bare
from tools.nano.tokens import Tokens, train_tokenizer
from tools.nano.training import Plan, going_on_loss, train
from tools.nano.voices import CAST
from tools.nano.windows import FRAMES, Batch, Mix, Windows

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "engine" / "models" / "nano"
RECORDINGS = evaluation.recordings(ROOT)
NAMES = [recording.path.name for recording in RECORDINGS]
LONG = [recording for recording in RECORDINGS if recording.truth["duration_ms"] > 60_000]


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(train_tokenizer())


@pytest.fixture(scope="module")
def model() -> WhisperModel:
    return evaluation.load(MODEL)


@pytest.fixture(scope="module")
def transcriber() -> FasterWhisperTranscriber:
    return FasterWhisperTranscriber(MODEL, model_id="nano", device="cpu", compute_type="int8", threads=1)


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A folder with a corpus of a few sentences."""
    folder = tmp_path_factory.mktemp("nano")
    make_corpus(folder, count=32, processes=1)
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_use_only_known_words(language):
    grammar, rng = Grammar.of(language), random.Random(1)
    known = {word.lower() for word in grammar.vocabulary}
    said = [grammar.sentence(rng, salad=0.3, scene=0.3) for _ in range(300)]
    said += [grammar.new_combination(rng) for _ in range(100)]
    assert {bare(word) for text in said for word in text.split()} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_sentences_are_never_trained(language):
    grammar = Grammar.of(language)
    assert not set(grammar.fresh) & {*grammar.templates, *grammar.scenes}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_is_one_token_in_both_cases(tokens, language):
    for word in Grammar.of(language).vocabulary:
        assert len(tokens.encode(f" {word}")) == 1
        assert len(tokens.encode(f" {word[0].upper()}{word[1:]}")) == 1


@pytest.mark.parametrize("text", [" Gooi voor initiatief, Tom!", " Does it hit? Yes.", " Zoë's crème brûlée"])
def test_tokenizer_gives_the_text_back(tokens, text):
    assert tokens.tokenizer.decode(tokens.encode(text)) == text


def test_timestamps_follow_the_special_tokens(tokens):
    assert tokens.vocabulary[tokens.timestamp(0)] == "<|0.00|>"
    assert tokens.vocabulary[tokens.timestamp(29.98)] == "<|29.98|>"
    assert len(tokens.vocabulary) == tokens.size
    assert "" in tokens.vocabulary


def test_words_cover_the_sentence_also_where_espeak_joins_them():
    spoken = engine().speak("Sorry, there was the goblin.", "en-us+pablo")
    assert [sound.name for sound in spoken.words] == ["Sorry,", "there", "was", "the", "goblin."]
    assert all(sound.start < sound.end <= len(spoken.audio) for sound in spoken.words)
    assert all(one.end <= other.start for one, other in pairwise(spoken.words))


def test_unknown_voice_is_refused():
    with pytest.raises(ValueError, match="no voice"):
        engine().speak("Hello.", "xx-nowhere+nobody")


def test_a_scene_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="more than 1000 ms"):
        perform(scene("en_5s"), language="en", seed="en_5s", duration_ms=1000)


def test_the_table_speaks_in_every_long_scene():
    for name in scene_names():
        if name.endswith(("2min", "demo")):
            assert {line.voice for line in scene(name)} == set(CAST)


@pytest.mark.parametrize("recording", RECORDINGS, ids=NAMES)
def test_truth_is_in_order_and_inside_the_recording(recording):
    truth = recording.truth
    audio, rate = soundfile.read(recording.path)
    assert rate == SAMPLE_RATE
    assert abs(len(audio) * 1000 / rate - truth["duration_ms"]) <= 20
    assert all(word["start_ms"] < word["end_ms"] for word in truth["words"])
    assert all(one["end_ms"] <= other["start_ms"] for one, other in pairwise(truth["words"]))
    assert all(one["end_ms"] < other["start_ms"] for one, other in pairwise(truth["turns"]))
    assert truth["turns"][-1]["end_ms"] <= truth["duration_ms"]


@pytest.mark.parametrize("recording", RECORDINGS, ids=NAMES)
def test_turns_hold_exactly_their_words(recording):
    for turn in recording.truth["turns"]:
        inside = [
            word
            for word in recording.truth["words"]
            if turn["start_ms"] <= word["start_ms"] and word["end_ms"] <= turn["end_ms"]
        ]
        assert " ".join(word["text"] for word in inside) == turn["text"]
        assert {word["voice"] for word in inside} == {turn["voice"]}


def test_features_are_those_that_faster_whisper_makes():
    audio = np.random.default_rng(1).normal(0, 0.1, SAMPLE_RATE).astype(np.float32)
    padded = np.pad(audio, (8000, 8000))
    extractor = evaluation.load(MODEL).feature_extractor
    logs = np.log10(np.maximum(mel_power(audio), 1e-10))
    ours = (np.maximum(logs, logs.max() - 8) + 4) / 4
    np.testing.assert_allclose(extractor(padded)[:, 50:150].T, ours[:100], atol=1e-4)


@pytest.mark.slow
def test_windows_write_what_lies_in_them(work, tokens):
    windows = Windows(Corpus.load(work), tokens, seed=1)
    batch = windows.batch(6, Mix(frames=FRAMES, empty=0.0, ended=0.5, cut=0.5, prompt=0.5))
    assert batch.mel.shape == (6, 80, FRAMES)
    for row in batch.targets.tolist():
        times = [token for token in row if token >= tokens.timestamp_begin]
        assert times == sorted(times)
        assert tokens.end in row


@pytest.mark.slow
def test_a_sentence_may_be_written_as_two_and_moments_before_may_drift(work, tokens):
    whole, parted = (
        Windows(Corpus.load(work), tokens, seed=1).batch(
            4, Mix(frames=FRAMES, empty=0.0, plain=0.0, parted=share)
        )
        for share in (0.0, 1.0)
    )
    moments = [int((batch.targets >= tokens.timestamp_begin).sum()) for batch in (whole, parted)]
    assert moments[1] > 1.5 * moments[0]
    batch = Windows(Corpus.load(work), tokens, seed=1).batch(
        4, Mix(frames=FRAMES, empty=0.0, plain=0.0, drifts=1.0)
    )
    written, before = batch.targets[:, :-1], batch.tokens[:, 1:]
    moment = (written >= tokens.timestamp_begin) & (before > tokens.timestamp_begin)
    by = (before - written)[moment]
    assert 0 < float(by.abs().float().median()) <= 25
    for row in written.tolist():
        times = [token for token in row if token >= tokens.timestamp_begin]
        assert times == sorted(times)


def test_ending_a_window_too_early_costs_more_than_going_on(tokens):
    moment, end = tokens.timestamp_begin + 10, tokens.end
    nothing = torch.zeros(1, 2, 2, dtype=torch.int64)
    costs = []
    for written in (moment + 5, end):
        logits = torch.zeros(1, 2, tokens.size)
        logits[..., written] = 20.0
        batch = Batch(
            mel=torch.zeros(1, 80, 2),
            offsets=torch.zeros(1, dtype=torch.int64),
            tokens=torch.tensor([[tokens.transcribe, moment]]),
            targets=torch.tensor([[moment, moment + 5]]),
            spans_before=nothing,
            spans=nothing,
            phonemes=torch.zeros(1, 1, dtype=torch.int64),
            frame_tokens=torch.zeros(1, 1, dtype=torch.int64),
        )
        costs.append(float(going_on_loss(logits, batch, tokens)))
    assert costs[0] < 0.01
    assert costs[1] > 5


@pytest.mark.models
def test_trainer_steps_goes_on_and_exports(work, tmp_path):
    train(Plan(minutes=1e-6, workers=1), work)
    train(Plan(minutes=1e-3, workers=1), work)
    export(work / "checkpoint.pt", tmp_path)
    untrained = evaluation.load(tmp_path)
    assert untrained.model.is_multilingual
    segments, _ = untrained.transcribe(
        np.zeros(SAMPLE_RATE, np.float32), language="nl", without_timestamps=True
    )
    list(segments)


def test_model_is_complete_and_small():
    files = {path.name: path.stat().st_size for path in MODEL.iterdir()}
    assert set(files) == {
        "config.json",
        "model.bin",
        "preprocessor_config.json",
        "tokenizer.json",
        "vocabulary.json",
    }
    assert sum(files.values()) <= 8_000_000


@pytest.mark.models
@pytest.mark.parametrize("recording", RECORDINGS, ids=NAMES)
def test_model_reads_the_recordings_as_the_product_does(recording, transcriber):
    request = TranscribeRequest(recording.truth["language"])
    transcript = pipeline.run(
        recording.path, request=request, transcriber=transcriber, diarizer=FakeDiarizer()
    )
    heard = " ".join(line.text for line in transcript.lines)
    wrong, total = evaluation.word_errors(recording.text, heard)
    assert wrong <= 0.05 * total


@pytest.mark.models
@pytest.mark.parametrize("recording", LONG, ids=[recording.path.name for recording in LONG])
def test_faster_whisper_alone_reads_long_recordings_with_it(recording, model):
    audio = decode_audio(str(recording.path), sampling_rate=SAMPLE_RATE)
    segments = evaluation.read(model, audio, recording.truth["language"], beam=5, vad=True)
    wrong, total = evaluation.word_errors(recording.text, " ".join(segment.text for segment in segments))
    assert wrong <= 0.05 * total


@pytest.mark.models
@pytest.mark.parametrize("recording", RECORDINGS, ids=NAMES)
def test_model_finds_the_language(model, recording):
    audio = decode_audio(str(recording.path), sampling_rate=SAMPLE_RATE)
    assert model.detect_language(audio)[0] == recording.truth["language"]


@pytest.mark.models
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", [0.0, 0.001, 0.01])
def test_silence_gives_no_text(model, language, level):
    audio = np.random.default_rng(2).normal(0, level, 35 * SAMPLE_RATE).astype(np.float32)
    assert evaluation.read(model, audio, language, beam=5, vad=False) == []


def test_mixed_recording_is_dutch_with_english_in_it():
    truth = next(each.truth for each in RECORDINGS if each.path.stem == "mixed_30s")
    english = sum(word.get("language") == "en" for word in truth["words"])
    assert truth["language"] == "nl"
    assert 0.2 < english / len(truth["words"]) < 0.5
