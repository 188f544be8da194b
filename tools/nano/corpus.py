"""The spoken training sentences, synthesised once and kept as mel power with frame-exact labels."""

import json
import random
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

from tools.nano.espeak import SAMPLE_RATE, Spoken, engine
from tools.nano.sentences import LANGUAGES, Grammar
from tools.nano.voices import training_voice

HOP = 160
_SALAD, _SCENES = 0.4, 0.12
_FLOOR = 1e-10


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken sentence of the corpus.

    Attributes:
        first, last: its rows in the shared table of mel frames.
        words: (text, first frame, last frame), from the utterance's start, 100 frames a second.
        phonemes: the same for sounds.
    """

    language: str
    first: int
    last: int
    words: list[tuple[str, int, int]]
    phonemes: list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All utterances; `power` is log10 of mel power, float16 [frames, 80], mapped from disk."""

    utterances: list[Utterance]
    power: np.ndarray

    @classmethod
    def load(cls, folder: Path) -> "Corpus":
        """The corpus that `make_corpus` left in the folder."""
        rows = json.loads((folder / "utterances.json").read_text(encoding="utf-8"))
        power = np.load(folder / "power.npy", mmap_mode="r")
        return cls([Utterance(**row) for row in rows], power)

    @property
    def phonemes(self) -> list[str]:
        """The names of all sounds; silence is index 0 and not listed."""
        return sorted({sound[0] for item in self.utterances for sound in item.phonemes})


@cache
def mel_filters() -> np.ndarray:
    """Whisper's filter bank, [80, 201]."""
    return np.asarray(FeatureExtractor().mel_filters)


def mel_power(audio: np.ndarray) -> np.ndarray:
    """Mel power of audio that is silent outside, [frames, 80]; frame i is centred on sample 160 i."""
    padded = np.pad(audio, (200, 200 + HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, 400)[::HOP]
    window = np.hanning(401)[:-1].astype(np.float32)
    spectrum = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return np.asarray((spectrum @ mel_filters().T).astype(np.float32))


def speak_for_training(text: str, language: str, rng: random.Random) -> Spoken:
    """Speak a sentence with a voice of the training crowd."""
    voice = training_voice(rng)
    return engine().speak(
        text,
        voice.name(language, rng),
        speed=voice.speed,
        pitch=voice.pitch,
        pitch_range=rng.randint(30, 70),
    )


def _speak_part(job: tuple[int, int]) -> tuple[list[Utterance], np.ndarray]:
    seed, count = job
    rng = random.Random(seed)
    grammars = {language: Grammar.of(language) for language in LANGUAGES}
    utterances: list[Utterance] = []
    pieces: list[np.ndarray] = []
    row = 0
    for index in range(count):
        language = LANGUAGES[index % len(LANGUAGES)]
        text = grammars[language].sentence(rng, _SALAD, _SCENES)
        spoken = speak_for_training(text, language, rng)
        scale = 0.5 / max(float(np.abs(spoken.audio).max()), 0.05)
        power = mel_power(spoken.audio * scale)
        pieces.append(np.log10(power + _FLOOR).astype(np.float16))
        utterances.append(
            Utterance(
                language,
                row,
                row + len(power),
                [(sound.name, sound.start // HOP, sound.end // HOP) for sound in spoken.words],
                [(sound.name.strip("',"), sound.start // HOP, sound.end // HOP) for sound in spoken.phonemes],
            )
        )
        row += len(power)
    return utterances, np.concatenate(pieces)


def make_corpus(folder: Path, count: int, processes: int) -> None:
    """Speak `count` sentences and keep them in the folder."""
    parts = 8 * processes
    jobs = [(1000 + part, count // parts) for part in range(parts)]
    utterances: list[dict[str, object]] = []
    pieces: list[np.ndarray] = []
    row = 0
    with get_context("spawn").Pool(processes) as pool:
        for some, power in pool.imap(_speak_part, jobs):
            for item in some:
                moved = asdict(item)
                moved["first"] += row
                moved["last"] += row
                utterances.append(moved)
            row += len(power)
            pieces.append(power)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "power.npy", np.concatenate(pieces))
    (folder / "utterances.json").write_text(json.dumps(utterances), encoding="utf-8")


def seconds(corpus: Corpus) -> float:
    """How long the corpus lasts."""
    return len(corpus.power) * HOP / SAMPLE_RATE
