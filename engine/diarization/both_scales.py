"""Tells who speaks when once more, now that it is known who is there: windows of both lengths say it together.

Long windows tell people apart, short ones tell when. Compared is what is left without microphone and room: without the
directions that are known beforehand, and without what the voices of the recording have in common.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.diarization.clustering import Clean, centres
from engine.diarization.smoothing import likeliest
from engine.diarization.windows import COARSE_HOP, Labels, Scale, Windows
from engine.embedding import FRAME_MS, Vectors, unit

Cosines = NDArray[np.float32]
"""How alike windows and voices are, shape ``(windows, voices)``."""


@dataclass(frozen=True, slots=True)
class BothScales:
    """How windows of both lengths are weighed.

    Attributes:
        sharpness: what the cosine of either is multiplied by.
        change_cost: what a change of voice costs.
        passes: how often voices are told anew by what they were heard to say.
    """

    sharpness: float = 20.0
    change_cost: float = 20.0
    passes: int = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is heard when.

    Attributes:
        labels: the voice of each fine window, numbered from 0 without gaps.
        cosines: how alike each fine window and each voice are.
    """

    labels: Labels
    cosines: Cosines


def hear_again(
    windows: Windows,
    labels: Labels,
    clean: Clean,
    on_step: Callable[[], None],
    config: BothScales | None = None,
) -> Heard:
    """Returns who is heard when among the voices that ``labels`` found; none of them vanishes.

    Args:
        windows: at least one.
        labels: the voice of each fine window, numbered from 0 without gaps.
        clean: takes microphone and room from vectors as far as is known beforehand.
        on_step: called often; raising from it stops the work.
        config: weights.

    >>> from engine.diarization.vector_file import VectorFile
    >>> from engine.embedding import DIMENSION
    >>> from engine.values import Span
    >>> anna, ben = np.eye(2, DIMENSION, dtype=np.float32)
    >>> heard, starts = VectorFile(), np.arange(0, 4_000, 400)
    >>> heard.append(np.array([anna] * 5 + [ben] * 5))
    >>> scale = Scale(starts, starts + 400, heard.all())
    >>> windows = Windows((Span(0, 4_000),), scale, scale)
    >>> hear_again(windows, np.array([0] * 4 + [1] * 6), unit, lambda: None).labels
    array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    """
    config = config or BothScales()
    voices = int(labels.max()) + 1
    costs = np.full(len(windows.fine), config.change_cost)
    apart = _apart(windows, labels, clean)
    fine = _cosines(windows.fine, *apart, clean, on_step)
    for _ in range(config.passes if voices > 1 else 0):
        coarse = _cosines(windows.coarse, *apart, clean, on_step)
        scores = config.sharpness * (fine + _at(windows.fine.centres, windows.coarse.centres, coarse))
        heard = likeliest([scores], costs, voices)
        if len(np.unique(heard)) < voices:
            break
        labels = heard
        apart = _apart(windows, labels, clean)
        fine = _cosines(windows.fine, *apart, clean, on_step)
    return Heard(labels, fine)


def _apart(windows: Windows, labels: Labels, clean: Clean) -> tuple[Vectors, Vectors]:
    """Returns a unit vector for each voice, and what was taken from all: ``n / (n + 1)`` of the mean of ``n``."""
    means = clean(centres(windows, labels))
    common: Vectors = means.mean(axis=0) * np.float32(len(means) / (len(means) + 1) if len(means) > 1 else 0)
    return unit(means - common), common


def _cosines(
    scale: Scale, voices: Vectors, common: Vectors, clean: Clean, on_step: Callable[[], None]
) -> Cosines:
    cosines = np.empty((len(scale), len(voices)), np.float32)
    for first, vectors in scale.vectors.blocks():
        on_step()
        cosines[first : first + len(vectors)] = unit(clean(vectors) - common) @ voices.T
    return cosines


def _at(times: NDArray[np.int64], known: NDArray[np.int64], cosines: Cosines) -> Cosines:
    """Returns the cosines at ``times`` between those ``known`` in time order: by distance, over no pause."""
    right = np.clip(np.searchsorted(known, times), 0, len(known) - 1)
    left = np.maximum(right - 1, 0)
    to_left, to_right = np.abs(times - known[left]), np.abs(known[right] - times)
    share = np.where(to_left + to_right > 0, to_right / np.maximum(to_left + to_right, 1), 1.0)
    pause = np.maximum(to_left, to_right) > COARSE_HOP * FRAME_MS
    share = np.where(pause, to_left < to_right, share)[:, None]
    between: Cosines = np.asarray(share * cosines[left] + (1 - share) * cosines[right], np.float32)
    return between
