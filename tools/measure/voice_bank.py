"""One voice under many microphones: vectors of real speakers, from which sessions are drawn by the thousand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.calibration import unit
from engine.clock import SAMPLE_RATE
from engine.diarization import CropEncoder
from engine.values import Samples
from tools.measure.microphones import Microphone, any_microphone, load_all
from tools.measure.sounds import load

CROP_S = 4.0
"""Longer speech is embedded in crops of about this length; a voice's vector is their mean."""

SHORT_S = (1.0, 2.0)
"""A crop of each of these lengths is kept, too."""

HALF_S = 24.0
"""So much is taken of a person at most, for each of the two sessions that they can be in."""

MIN_HALF_S = 3.0

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Half:
    """What one half of somebody's recordings gives under each microphone.

    Attributes:
        crops: shape ``(microphones, n, d)``.
        crop_ms: the length of each crop.
        short: shape ``(microphones, len(SHORT_S), d)``.
    """

    crops: Vectors
    crop_ms: int
    short: Vectors


Bank = Mapping[str, tuple[Half, Half]]
"""For each person two halves that share no recording, or no part of one."""


def microphones(noise: Path, count: int, seed: int) -> list[Microphone | None]:
    """Returns none (the recording as it is) and ``count`` microphones drawn at random.

    The last room and the last two noises of the folder are kept for the benchmark.
    """
    rng = np.random.default_rng(seed)
    rooms, noises = load_all(noise, "rir")[:-1], load_all(noise, "noise")[:-2]
    return [None, *(any_microphone(rng, rooms, noises) for _ in range(count))]


def make_bank(
    people: Mapping[str, Sequence[Path]], through: Sequence[Microphone | None], encoder: CropEncoder
) -> Iterator[tuple[str, tuple[Half, Half]]]:
    """Yields the vectors of each person of whom there is enough."""
    for person, paths in people.items():
        both = halves([load(path) for path in paths])
        if min(len(half) for half in both) >= MIN_HALF_S * SAMPLE_RATE:
            first, second = (_half(half, through, encoder) for half in both)
            yield person, (first, second)


def write_bank(file: Path, bank: Bank) -> None:
    """Keeps a bank in a file, because making one takes long."""
    arrays: dict[str, NDArray[Any]] = {}
    for person, halves in bank.items():
        for i, half in enumerate(halves):
            arrays |= {
                f"{person}/{i}/crops": half.crops,
                f"{person}/{i}/short": half.short,
                f"{person}/{i}/crop_ms": np.array(half.crop_ms),
            }
    with file.open("wb") as out:
        np.savez(out, allow_pickle=False, **arrays)


def read_bank(file: Path) -> Bank:
    """Returns the bank in a file."""
    with np.load(file) as arrays:
        people = dict.fromkeys(name.split("/")[0] for name in arrays)
        return {person: (_kept(arrays, f"{person}/0"), _kept(arrays, f"{person}/1")) for person in people}


def _kept(arrays: Mapping[str, NDArray[Any]], name: str) -> Half:
    return Half(arrays[f"{name}/crops"], int(arrays[f"{name}/crop_ms"]), arrays[f"{name}/short"])


def halves(recordings: Sequence[Samples]) -> tuple[Samples, Samples]:
    """Returns two stretches of speech: of different recordings if there are several, else of one recording."""
    if len(recordings) > 1:
        middle = len(recordings) // 2
        both = np.concatenate(recordings[:middle]), np.concatenate(recordings[middle:])
    else:
        middle = len(recordings[0]) // 2
        both = recordings[0][:middle], recordings[0][middle:]
    most = int(HALF_S * SAMPLE_RATE)
    return both[0][:most], both[1][:most]


def _half(speech: Samples, through: Sequence[Microphone | None], encoder: CropEncoder) -> Half:
    count = max(1, round(len(speech) / SAMPLE_RATE / CROP_S))
    size = len(speech) // count
    crops, short = [], []
    for microphone in through:
        sound = microphone.record(speech) if microphone else speech
        crops.append([encoder.embed(sound[i * size : (i + 1) * size]) for i in range(count)])
        middle = len(sound) // 2
        short.append([encoder.embed(sound[middle : middle + int(s * SAMPLE_RATE)]) for s in SHORT_S])
    return Half(np.array(crops, np.float32), int(size / SAMPLE_RATE * 1000), np.array(short, np.float32))


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice of a drawn session."""

    person: str
    vector: Vectors
    speech_ms: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two sessions of one group: the one in which people were named, and a later one.

    Attributes:
        prints: a voice of each of the group, under one microphone.
        voices: whoever came to the later session, under another, visitors included.
    """

    prints: tuple[Heard, ...]
    voices: tuple[Heard, ...]

    @property
    def same(self) -> NDArray[np.bool_]:
        """Tells for each voice (rows) and print (columns) whether they are one person's."""
        return np.array([[voice.person == kept.person for kept in self.prints] for voice in self.voices])


def meetings(
    bank: Bank, people: Collection[str], count: int, rng: np.random.Generator, short: bool = False
) -> Iterator[Meeting]:
    """Yields meetings of groups of three to six out of ``people``; in half of them there are one to three visitors.

    Args:
        bank: the voices.
        people: who may come.
        count: how many meetings.
        rng: draws them.
        short: whether one voice of each later session is heard for a second or two only.
    """
    names = sorted(people)
    through = len(bank[names[0]][0].crops)
    for _ in range(count):
        size = int(rng.integers(3, 7))
        visiting = int(rng.integers(1, 4)) if rng.random() < 0.5 else 0
        drawn = [names[i] for i in rng.permutation(len(names))[: size + visiting]]
        group, visitors = drawn[:size], drawn[size:]
        present = group[int(rng.integers(0, min(3, size - 1))) :]
        before, after = (int(m) for m in rng.choice(through, 2, replace=rng.random() < 0.1))
        prints = tuple(_heard(person, bank[person][0], before, rng) for person in group)
        voices = [_heard(person, bank[person][1], after, rng) for person in present + visitors]
        if short:
            voices[-1] = _heard_shortly(voices[-1].person, bank[voices[-1].person][1], after, rng)
        yield Meeting(prints, tuple(voices))


def _heard(person: str, half: Half, microphone: int, rng: np.random.Generator) -> Heard:
    crops = half.crops[microphone]
    count = int(rng.integers(1, len(crops) + 1))
    chosen = rng.permutation(len(crops))[:count]
    return Heard(person, unit(crops[chosen].mean(axis=0)), count * half.crop_ms)


def _heard_shortly(person: str, half: Half, microphone: int, rng: np.random.Generator) -> Heard:
    which = int(rng.integers(len(SHORT_S)))
    return Heard(person, half.short[microphone, which], int(SHORT_S[which] * 1000))
