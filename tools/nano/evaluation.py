"""Measures a model folder: word error on the recordings and on new combinations, silence, languages and times."""

import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel, decode_audio

from tools.nano.espeak import SAMPLE_RATE, engine
from tools.nano.sentences import LANGUAGES, Grammar
from tools.nano.voices import CAST

_AUDIO = (".flac", ".opus")
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording and its truth."""

    path: Path
    truth: dict[str, Any]

    @property
    def text(self) -> str:
        """Everything that is said."""
        return " ".join(turn["text"] for turn in self.truth["turns"])


def recordings(root: Path) -> list[Recording]:
    """The fixture and demo recordings below the repository root."""
    folders = (root / "tests" / "fixtures" / "audio", root / "sessions_app" / "demo")
    paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in _AUDIO]
    return [Recording(path, json.loads(path.with_suffix(".json").read_text("utf-8"))) for path in paths]


def words(text: str) -> list[str]:
    """The words of a text in lower case, without marks."""
    return _WORD.findall(text.lower())


def word_errors(truth: str, heard: str) -> tuple[int, int]:
    """Wrong, missing and added words, and how many there should have been."""
    wanted, got = words(truth), words(heard)
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, previous + (word != other))
            previous, row[j] = row[j], cost
    return row[-1], len(wanted)


def load(folder: Path) -> WhisperModel:
    """A model folder as the product loads it."""
    return WhisperModel(str(folder), device="cpu", compute_type="int8")


def read(model: WhisperModel, audio: np.ndarray, language: str, *, beam: int, vad: bool) -> list[Any]:
    """The segments of a recording."""
    segments, _ = model.transcribe(
        audio,
        language=language,
        beam_size=beam,
        vad_filter=vad,
        condition_on_previous_text=False,
        word_timestamps=True,
    )
    return list(segments)


def recording_figures(model: WhisperModel, root: Path) -> Iterator[str]:
    """Word error and word times of each recording in each setting."""
    for recording in recordings(root):
        audio = decode_audio(str(recording.path), sampling_rate=SAMPLE_RATE)
        cells = []
        for beam in (5, 1):
            for vad in (True, False):
                began = time.monotonic()
                segments = read(model, audio, recording.truth["language"], beam=beam, vad=vad)
                used = (time.monotonic() - began) / (len(audio) / SAMPLE_RATE)
                heard = " ".join(segment.text for segment in segments)
                wrong, total = word_errors(recording.text, heard)
                cells.append(f"{100 * wrong / total:.1f}% ({used:.3f} rt)")
        off = _start_errors(recording.truth, segments)
        cells.append(f"word starts off {np.mean(off):.0f} ms, at most {max(off, default=0)} ms")
        yield f"{recording.path.name}: " + ", ".join(cells)


def _start_errors(truth: dict[str, Any], segments: list[Any]) -> list[int]:
    """How far the starts of rightly heard words are off, words taken in order, in ms."""
    heard = [(words(word.word), round(word.start * 1000)) for segment in segments for word in segment.words]
    errors, place = [], 0
    for word in truth["words"]:
        for index in range(place, min(place + 6, len(heard))):
            if heard[index][0] == words(word["text"]):
                errors.append(abs(heard[index][1] - word["start_ms"]))
                place = index + 1
                break
    return errors


def combination_figures(model: WhisperModel, count: int = 120) -> Iterator[str]:
    """Greedy word error on sentences whose templates were never trained, spoken by the table at 30 dB."""
    for language in LANGUAGES:
        rng, grammar = random.Random(2024), Grammar.of(language)
        noise = np.random.default_rng(5)
        wrong = total = 0
        for index in range(count):
            text = grammar.new_combination(rng)
            voice = list(CAST.values())[index % len(CAST)]
            spoken = engine().speak(text, voice.name(language), speed=voice.speed, pitch=voice.pitch)
            audio = np.pad(0.5 * spoken.audio, (6000, 9000))
            level = float(np.sqrt(np.mean((0.5 * spoken.audio) ** 2))) * 10 ** (-30 / 20)
            audio = audio + level * noise.standard_normal(len(audio)).astype(np.float32)
            heard = " ".join(s.text for s in read(model, audio, language, beam=1, vad=False))
            errors, length = word_errors(text, heard)
            wrong, total = wrong + errors, total + length
        yield f"new combinations, {language}: {100 * wrong / total:.1f}% of {total} words"


def silence_figures(model: WhisperModel) -> Iterator[str]:
    """What the model writes where nobody speaks."""
    rng = np.random.default_rng(1)
    for level in (0.0, 1e-4, 1e-3, 1e-2, 0.05):
        for seconds in (3, 30, 75):
            audio = (level * rng.standard_normal(seconds * SAMPLE_RATE)).astype(np.float32)
            for language in LANGUAGES:
                heard = " ".join(s.text for s in read(model, audio, language, beam=5, vad=False))
                if heard.strip():
                    yield f"silence of {seconds} s at {level}, {language}: {heard[:80]!r}"
    yield "silence: done"


def language_figures(model: WhisperModel, root: Path) -> Iterator[str]:
    """Whether the language of each recording is found from its first half minute."""
    for recording in recordings(root):
        audio = decode_audio(str(recording.path), sampling_rate=SAMPLE_RATE)
        language, sure, _ = model.detect_language(audio)
        yield f"language of {recording.path.name}: {language} ({sure:.2f})"


def report(folder: Path, root: Path) -> Iterator[str]:
    """All figures of a model folder, line by line."""
    model = load(folder)
    size = sum(path.stat().st_size for path in folder.iterdir())
    yield f"size: {size / 1e6:.2f} MB"
    yield "word error with beam 5 and VAD, beam 5, beam 1 and VAD, beam 1:"
    yield from recording_figures(model, root)
    yield from combination_figures(model)
    yield from silence_figures(model)
    yield from language_figures(model, root)
