"""Finds the moment at which one person follows another: where the windows say so, and rather where it is quiet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.clock import SAMPLE_RATE
from engine.diarization.both_scales import Heard
from engine.diarization.windows import Scale
from engine.values import PcmReader, Turn

LAG_MS = 80
"""A window tells of a moment after its middle: the encoder reads it from front to back, and its end counts most."""

REACH_MS = 300
"""How far from where the windows change the moment may lie; never beyond the middle of a turn."""

CONTEXT_MS = 700
"""Windows whose middles lie so near are looked at."""

STEP_MS = 10
LEVEL_STEPS = 5
"""The level at a moment is that of so many steps around it."""

DECIBEL_S = 0.01
"""A decibel less counts like so many seconds during which a window is nearer to the other voice by a cosine of one."""

_STEP = SAMPLE_RATE * STEP_MS // 1000
_SILENCE = 1e-9


def place_changes(turns: Sequence[Turn], fine: Scale, heard: Heard, audio: PcmReader) -> list[Turn]:
    """Returns ``turns`` with the changes between those that touch where they most likely are; none vanishes.

    Args:
        turns: in time order, without overlap; their voices are those of ``heard``.
        fine: short windows of the recording's speech.
        heard: who is heard in them.
        audio: the recording.

    >>> from engine.diarization.vector_file import VectorFile
    >>> from engine.fakes import FakeAudio
    >>> starts = np.arange(0, 4_000, 200)
    >>> fine = Scale(starts, starts + 800, VectorFile().all())
    >>> cosines = np.array([[1, 0]] * 8 + [[0, 1]] * 12, np.float32)
    >>> turns = [Turn(0, 2_000, 0), Turn(2_000, 4_800, 1)]
    >>> place_changes(turns, fine, Heard(cosines.argmax(axis=1), cosines), FakeAudio.silence(4_800))[0].end_ms
    1980
    """
    middles = fine.centres + LAG_MS
    placed = list(turns)
    for i, (one, other) in enumerate(pairwise(turns)):
        if one.end_ms == other.start_ms and one.voice != other.voice:
            at_ms = _moment(one, other, middles, heard, audio)
            placed[i] = Turn(placed[i].start_ms, at_ms, one.voice)
            placed[i + 1] = Turn(at_ms, other.end_ms, other.voice)
    return placed


def _moment(one: Turn, other: Turn, middles: NDArray[np.int64], heard: Heard, audio: PcmReader) -> int:
    change_ms = one.end_ms
    first = max(change_ms + LAG_MS - REACH_MS, change_ms - (one.end_ms - one.start_ms - 1) // 2)
    last = min(change_ms + LAG_MS + REACH_MS, change_ms + (other.end_ms - other.start_ms - 1) // 2)
    times = np.arange(first, last + 1, STEP_MS)
    begin = max(one.start_ms, change_ms - CONTEXT_MS)
    end = min(other.end_ms, change_ms + CONTEXT_MS)
    windows = slice(*np.searchsorted(middles, (begin, end)))
    if windows.start == windows.stop:
        return change_ms
    pull = heard.cosines[windows, other.voice] - heard.cosines[windows, one.voice]
    against = np.interp(times, middles[windows], pull) * (STEP_MS / 1000)
    evidence = np.concatenate([[0], -2 * np.cumsum(against[:-1])])
    return int(times[(evidence - DECIBEL_S * _levels_db(audio, times)).argmax()])


def _levels_db(audio: PcmReader, times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Returns how loud it is at each of ``times``, which are :data:`STEP_MS` apart."""
    start_ms = int(times[0]) - LEVEL_STEPS * STEP_MS // 2
    samples = audio.read(max(0, start_ms), int(times[-1]) + LEVEL_STEPS * STEP_MS)
    samples = np.pad(samples, (max(0, -start_ms) * SAMPLE_RATE // 1000, 0))
    wanted = (len(times) + LEVEL_STEPS - 1) * _STEP
    steps = np.pad(samples, (0, max(0, wanted - len(samples))))[:wanted].reshape(-1, _STEP)
    energies = np.convolve((steps.astype(np.float64) ** 2).mean(axis=1), np.ones(LEVEL_STEPS), "valid")
    levels: NDArray[np.float64] = 10 * np.log10(energies + _SILENCE)
    return levels
