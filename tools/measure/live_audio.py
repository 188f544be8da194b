"""What live captions are measured on: sound with the truth of who says which word when, and sound without any words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.clock import SAMPLE_RATE, ms_to_samples, samples_to_ms
from engine.values import Samples
from tools.measure.recording import DEMO, FIXTURES
from tools.measure.sides import ROOT
from tools.measure.sounds import ENDINGS, load

NOISES = ROOT.parent / "shared" / "data" / "noise"
PAUSE_MS = 1_500
"""Between one recording and the next on a tape that is longer than both."""
SAME_BREATH_MS = 400
"""Turns that are closer than this can't be told apart by a pause."""


@dataclass(frozen=True, slots=True)
class TrueWord:
    """A word as it was spoken; ``voice`` is empty where nobody wrote down who spoke."""

    start_ms: int
    end_ms: int
    text: str
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Evening:
    """Sound and its truth.

    Attributes:
        language: of what is said.
        samples: 16 kHz, mono, 16 bits.
        turns: the words of each utterance of the truth; none where the truth is not known.
    """

    language: str
    samples: NDArray[np.int16]
    turns: tuple[tuple[TrueWord, ...], ...]

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return samples_to_ms(len(self.samples))

    @property
    def sound(self) -> Samples:
        """The samples from -1 to 1."""
        sound: Samples = self.samples.astype(np.float32)
        sound /= 32_768
        return sound

    @property
    def words(self) -> list[TrueWord]:
        """All words, in time order."""
        return sorted((word for turn in self.turns for word in turn), key=lambda word: word.start_ms)


def evening(minutes: float, language: str = "en", files: Sequence[Path] = (), seed: int = 0) -> Evening:
    """Returns an evening of ``minutes``: ``files``, or the fixtures and the demo of one language, again and again.

    Args:
        minutes: its length; it ends with the last whole turn before it.
        language: of the fixtures; files with a truth beside them (``x.json`` beside ``x.wav``) say their own.
        files: recordings.
        seed: another one begins with another recording.
    """
    parts = [_read(path, language) for path in files or fixtures(language)]
    parts = parts[seed % len(parts) :] + parts[: seed % len(parts)]
    pause = np.zeros(ms_to_samples(PAUSE_MS), np.int16)
    end_ms, at_ms = round(minutes * 60_000), 0
    sound: list[NDArray[np.int16]] = []
    turns: list[tuple[TrueWord, ...]] = []
    while at_ms < end_ms:
        for part in parts:
            sound += [part.samples, pause]
            turns += [
                tuple(TrueWord(w.start_ms + at_ms, w.end_ms + at_ms, w.text, w.voice) for w in turn)
                for turn in part.turns
            ]
            at_ms += samples_to_ms(len(part.samples)) + PAUSE_MS
    samples = np.concatenate(sound)
    kept = [turn for turn in turns if turn[-1].end_ms <= end_ms]
    last_ms = max((turn[-1].end_ms for turn in kept), default=end_ms)
    cut_ms = end_ms if not turns else min(end_ms, last_ms + PAUSE_MS)
    return Evening(parts[0].language, samples[: ms_to_samples(cut_ms)], tuple(kept))


def fixtures(language: str) -> list[Path]:
    """Returns the recordings with truth that come with the project; the demo has several voices and pauses."""
    return [DEMO / f"{language}_session.opus", FIXTURES / f"{language}_2min.opus"]


def _read(path: Path, language: str) -> Evening:
    samples = np.clip(np.rint(load(path) * 32_768), -32_768, 32_767).astype(np.int16)
    samples = samples[: len(samples) // 16 * 16]
    truth = path.with_suffix(".json")
    if not truth.exists():
        return Evening(language, samples, ())
    told = json.loads(truth.read_text())
    words = [TrueWord(w["start_ms"], w["end_ms"], w["text"], w.get("voice", "")) for w in told["words"]]
    return Evening(told.get("language", language), samples, tuple(_turns(words, told.get("turns", ()))))


def _turns(words: list[TrueWord], turns: Sequence[dict[str, int]]) -> Iterator[tuple[TrueWord, ...]]:
    """Yields the words of each utterance: as the truth has them, or between pauses."""
    if turns:
        for turn in turns:
            inside = [w for w in words if turn["start_ms"] <= (w.start_ms + w.end_ms) // 2 < turn["end_ms"]]
            if inside:
                yield tuple(inside)
        return
    now: list[TrueWord] = []
    for word in words:
        if now and (word.voice != now[-1].voice or word.start_ms - now[-1].end_ms > SAME_BREATH_MS):
            yield tuple(now)
            now = []
        now.append(word)
    if now:
        yield tuple(now)


def wordless(seconds: float) -> Iterator[tuple[str, NDArray[np.int16]]]:
    """Yields sound in which nobody speaks, by name: silence, hum, noises, music-like sound, and recorded rooms."""
    count, rng = round(seconds * SAMPLE_RATE), np.random.default_rng(4)
    time_s = np.arange(count) / SAMPLE_RATE
    white = rng.normal(0.0, 1.0, count)
    spectrum = np.fft.rfft(white)
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), count)
    gusts = 0.5 + 0.5 * np.sin(2 * np.pi * 0.2 * time_s)
    sounds = {
        "silence": np.zeros(count),
        "room": 0.0005 * white,
        "white": 0.05 * white,
        "pink": 0.1 * pink / np.abs(pink).max() * 4,
        "gusts": 0.05 * white * gusts,
        "hum": 0.1 * np.sin(2 * np.pi * 50 * time_s) + 0.03 * np.sin(2 * np.pi * 150 * time_s),
        "dice": _dice(rng, count),
        "music": _music(rng, count),
    }
    for name, sound in sounds.items():
        yield name, np.clip(sound * 32_767, -32_768, 32_767).astype(np.int16)
    for path in sorted(NOISES.rglob("*")) if NOISES.is_dir() else ():
        if path.suffix.lower() in ENDINGS and "rir" not in str(path).lower():
            sound = np.tile(recorded := load(path), 1 + count // max(1, len(recorded)))[:count]
            yield path.stem, np.clip(sound * 32_767, -32_768, 32_767).astype(np.int16)


def _dice(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Returns clicks in bursts, as dice on a table make them."""
    sound = np.zeros(count)
    fall = np.exp(-np.arange(800) / 90) * rng.normal(0.0, 1.0, 800)
    at = SAMPLE_RATE
    while at < count - SAMPLE_RATE:
        for bounce in range(int(rng.integers(3, 9))):
            place = at + round(bounce * SAMPLE_RATE * rng.uniform(0.04, 0.12))
            sound[place : place + 800] += 0.4 * rng.uniform(0.3, 1.0) * fall[: max(0, count - place)]
        at += round(SAMPLE_RATE * rng.uniform(2, 6))
    return np.asarray(sound)


def _music(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Returns notes with overtones and beats below them."""
    sound = np.zeros(count)
    note = SAMPLE_RATE // 2
    time_s = np.arange(note) / SAMPLE_RATE
    for start in range(0, count - note, note):
        pitch = 220 * 2 ** (int(rng.choice((0, 2, 4, 5, 7, 9, 11, 12))) / 12)
        chord = sum(np.sin(2 * np.pi * pitch * k * time_s) / k**1.5 for k in range(1, 7))
        beat = np.sin(2 * np.pi * 60 * time_s) * np.exp(-time_s * 20)
        sound[start : start + note] = 0.12 * chord * np.exp(-time_s * 3) + 0.3 * beat
    return np.asarray(sound)
