"""Composes recordings of any length from the fixtures' speech, with the pauses of an evening."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from engine.audio import PcmFile, prepare
from engine.clock import SAMPLE_RATE
from engine.values import Samples
from tools.measure.sides import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "audio"
PIECES = ("2min.opus", "30s.flac", "5s.flac")
DEMO = ROOT / "sessions_app" / "demo"

MEAN_PAUSE_S = 5.0
LONGEST_PAUSE_S = 30.0
ROOM_LEVEL = 0.0005
"""About -66 dB: a quiet room, so that pauses are not digital silence."""


def compose(target: Path, minutes: float, *, language: str = "en", seed: int = 1) -> Path:
    """Writes a FLAC of ``minutes`` to ``target``, in bounded memory, and returns it.

    The same arguments give the same sound: the fixtures and the demo session of one language in a shuffled order,
    with exponentially long pauses between them.
    """
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    pieces = [_load(path) for path in _sources(language)]
    left = round(minutes * 60 * SAMPLE_RATE)
    with soundfile.SoundFile(target, "w", SAMPLE_RATE, 1, format="FLAC", subtype="PCM_16") as out:
        while left > 0:
            rng.shuffle(pieces)
            for piece in pieces:
                pause = round(min(rng.expovariate(1 / MEAN_PAUSE_S), LONGEST_PAUSE_S) * SAMPLE_RATE)
                room = noise.normal(0.0, ROOM_LEVEL, pause).astype(np.float32)
                sound = np.concatenate((piece, room))[: max(left, 0)]
                out.write(sound)
                left -= len(sound)
    return target


def short(language: str = "en") -> Path:
    """Returns a recording of a few seconds, which is enough to have every model loaded."""
    return FIXTURES / f"{language}_5s.flac"


def _sources(language: str) -> list[Path]:
    return [*(FIXTURES / f"{language}_{piece}" for piece in PIECES), DEMO / f"{language}_session.opus"]


def _load(path: Path) -> Samples:
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "piece.wav"
        prepare(path, wav)
        with PcmFile(wav) as audio:
            return audio.read(0, audio.duration_ms)
