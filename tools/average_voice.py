"""Prints the average voice that :mod:`engine.colour` moves voices towards: ``python -m tools.average_voice``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from engine.clock import SAMPLE_RATE
from engine.colour import Mels, colour, speech_frames
from engine.embedding import level_gain, mel_spectrogram
from engine.values import Samples
from tools.calibrate_voices import DATA, HELD_OUT
from tools.measure.sounds import by_person, load, single_speakers
from tools.measure.voice_bank import halves

CROP_S = 5
MOST_S = 15
"""So much of each half of somebody's recordings is shared out into crops, of which the first counts."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the bands of the average voice, and how loud its speech is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder of single-speaker recordings")
    chosen = parser.parse_args(arguments)
    left_out = by_person(chosen.data / HELD_OUT)
    people = {p: paths for p, paths in single_speakers(chosen.data).items() if p not in left_out}
    crops = [crop for paths in people.values() for crop in _crops([load(path) for path in paths])]
    levels = [np.log10(crop[speech_frames(crop)].mean()) for crop in crops]
    print(f"{len(crops)} crops; level 10**{np.mean(levels):.3f}")
    print(", ".join(f"{band:.2f}" for band in np.mean([colour(crop) for crop in crops], axis=0)))
    return 0


def _crops(recordings: Sequence[Samples]) -> Iterator[Mels]:
    """Yields a crop of each half of somebody's recordings, if both are long enough."""
    both = halves(recordings)
    if min(len(half) for half in both) >= CROP_S * SAMPLE_RATE:
        for half in both:
            speech = half[: MOST_S * SAMPLE_RATE]
            crop = speech[: len(speech) // max(1, round(len(speech) / SAMPLE_RATE / CROP_S))]
            yield mel_spectrogram(crop * level_gain([crop]))


if __name__ == "__main__":
    raise SystemExit(main())
