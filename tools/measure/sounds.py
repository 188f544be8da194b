"""Reads any sound file into memory, and the single-speaker material that voices are measured on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import av
import numpy as np

from engine.clock import SAMPLE_RATE, ms_to_samples, samples_to_ms
from engine.values import Samples

ENDINGS = {".flac", ".wav", ".mp3", ".opus", ".ogg", ".m4a"}

ONE_PERSON_EACH = {
    "ljspeech": "ljspeech",
    "librivox-austen": "austen",
    "mfa-english": "mfa",
    "dutch/css10_*": "css10",
    "dutch/rdh_*": "rdh",
    "dutch/watson_dutch_single*": "watson-dutch",
    "picovoice/eagle_speaker_1_*": "eagle-1",
    "picovoice/eagle_speaker_2_*": "eagle-2",
    "dialogues-en/enrollment_audio_katie*": "katie",
    "dialogues-en/enrollment_audio_steve*": "steve",
    "speechbrain-asr/spk1_*": "speechbrain-1",
    "speechbrain-asr/spk2_*": "speechbrain-2",
    "faster-whisper-tests/jfk*": "jfk",
}
"""Files of one person, whose names do not start with theirs."""

NAMED_BY_FILE = ("librispeech-speakers", "librispeech-many", "librispeech-with-text")
"""Folders in which file names start with the speaker, up to the first hyphen."""


class InMemory:
    """Sound in memory, as stages read it."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return samples_to_ms(len(self._samples))

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """Returns a slice of it."""
        return self._samples[ms_to_samples(max(0, start_ms)) : ms_to_samples(max(0, end_ms))]


def load(source: Path | IO[bytes]) -> Samples:
    """Returns a file's sound at 16 kHz, mono."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    with av.open(str(source) if isinstance(source, Path) else source, "r") as container:
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.float32)


def by_person(folder: Path) -> dict[str, list[Path]]:
    """Returns the sound files under ``folder`` by the person before the first hyphen of their names, in order."""
    people: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*"), key=lambda path: path.name):
        if path.suffix.lower() in ENDINGS:
            people.setdefault(path.name.partition("-")[0], []).append(path)
    return dict(sorted(people.items()))


def single_speakers(data: Path) -> dict[str, list[Path]]:
    """Returns all single-speaker material under a data folder by person; no utterance comes twice."""
    people: dict[str, dict[str, Path]] = {}
    for name in NAMED_BY_FILE:
        for person, paths in by_person(data / name).items():
            people.setdefault(person, {}).update({path.stem: path for path in paths})
    for person, path in _one_person_each(data):
        people.setdefault(person, {})[path.stem] = path
    return {person: list(paths.values()) for person, paths in people.items()}


def _one_person_each(data: Path) -> Iterator[tuple[str, Path]]:
    for pattern, person in ONE_PERSON_EACH.items():
        for path in sorted(data.glob(pattern if "/" in pattern else f"{pattern}/*")):
            if path.suffix.lower() in ENDINGS:
                yield person, path
