"""Hears short turns as a whole: a turn of one or two seconds lies nearer to its voice than the windows in it do.

Compared is what is left without microphone and room: without the directions that are known beforehand, and without what
the voices of the recording have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.diarization.clustering import Clean
from engine.diarization.windows import Scale
from engine.embedding import DIMENSION, Vectors, unit
from engine.values import Turn

INSIDE = (0.9, 0.5)
"""A window tells of a turn if so much of it lies in there; the second share counts where no window has the first."""


@dataclass(frozen=True, slots=True)
class WholeTurns:
    """Which turns are given to another voice.

    Attributes:
        longest_ms: longer turns stay with their voice.
        voices_from_ms: turns from this length on tell what a voice is like, where it has any.
        enough_ms: a longer turn counts no more than this.
        margin: by which the cosine to another voice must be higher.
        cohort: of ``n`` voices the share ``n / (n + cohort)`` of their mean is taken away.
    """

    longest_ms: int = 4_000
    voices_from_ms: int = 2_000
    enough_ms: int = 20_000
    margin: float = 0.1
    cohort: float = 2.0


def hear_whole(
    turns: Sequence[Turn], windows: Scale, clean: Clean, config: WholeTurns | None = None
) -> tuple[Turn, ...]:
    """Returns ``turns`` with short ones given to the voice that they are clearly nearest to as a whole.

    No voice loses its last turn. Turns of one voice that touch become one.

    Args:
        turns: in time order, without overlap.
        windows: those of the recording's speech that tell people apart best.
        clean: takes microphone and room from vectors as far as is known beforehand.
        config: thresholds.

    >>> from engine.diarization.vector_file import VectorFile
    >>> anna, ben = np.eye(2, DIMENSION, dtype=np.float32)
    >>> heard, starts = VectorFile(), np.arange(0, 9_000, 1_000)
    >>> heard.append(np.array([anna] * 3 + [ben] * 3 + [anna] * 3))
    >>> turns = [Turn(0, 3_000, 0), Turn(3_000, 5_000, 1), Turn(5_000, 6_000, 0), Turn(6_000, 9_000, 0)]
    >>> hear_whole(turns, Scale(starts, starts + 1_000, heard.all()), unit)[1]
    Turn(start_ms=3000, end_ms=6000, voice=1)
    """
    config = config or WholeTurns()
    voices = np.unique([turn.voice for turn in turns])
    if len(voices) < 2:
        return tuple(turns)
    means, heard = _means(turns, windows)
    cleaned = clean(means)
    lengths_ms = np.array([turn.end_ms - turn.start_ms for turn in turns])
    now = np.searchsorted(voices, [turn.voice for turn in turns])
    weights = np.minimum(lengths_ms, config.enough_ms) * heard
    centroids = np.stack(
        [_centroid(cleaned, weights, lengths_ms, now == v, config) for v in range(len(voices))]
    )
    shared = centroids.mean(axis=0) * (len(voices) / (len(voices) + config.cohort))
    cosines = unit(cleaned - shared) @ unit(centroids - shared).T
    nearest = cosines.argmax(axis=1)
    each = np.arange(len(turns))
    clear = cosines[each, nearest] - cosines[each, now] >= config.margin
    moves = heard & clear & (lengths_ms <= config.longest_ms) & (nearest != now)
    for voice in range(len(voices)):
        if moves[now == voice].all():
            moves[now == voice] = False
    after = voices[np.where(moves, nearest, now)].tolist()
    return _joined([Turn(t.start_ms, t.end_ms, voice) for t, voice in zip(turns, after, strict=True)])


def _means(turns: Sequence[Turn], windows: Scale) -> tuple[Vectors, NDArray[np.bool_]]:
    """Returns the mean of the windows in each turn, and which turns have any."""
    starts, ends = np.array([(turn.start_ms, turn.end_ms) for turn in turns]).T
    of_turn = np.maximum(np.searchsorted(starts, windows.centres, side="right") - 1, 0)
    within_ms = np.minimum(windows.ends, ends[of_turn]) - np.maximum(windows.starts, starts[of_turn])
    inside = within_ms / (windows.ends - windows.starts)
    chosen = np.zeros(len(windows), bool)
    for share in INSIDE:
        counts = np.bincount(of_turn[chosen], minlength=len(turns))
        chosen |= (inside >= share) & (counts[of_turn] == 0)
    sums = np.zeros((len(turns), DIMENSION))
    for first, vectors in windows.vectors.blocks():
        mine = chosen[first : first + len(vectors)]
        np.add.at(sums, of_turn[first : first + len(vectors)][mine], vectors[mine])
    counts = np.bincount(of_turn[chosen], minlength=len(turns))
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32), counts > 0


def _centroid(
    cleaned: Vectors,
    weights: NDArray[np.float64],
    lengths_ms: NDArray[np.int64],
    mine: NDArray[np.bool_],
    config: WholeTurns,
) -> Vectors:
    long = mine & (lengths_ms >= config.voices_from_ms)
    chosen = long if weights[long].any() else mine
    return unit((weights[chosen] @ cleaned[chosen]).astype(np.float32))


def _joined(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    joined: list[Turn] = []
    for turn in turns:
        if joined and joined[-1].voice == turn.voice and joined[-1].end_ms == turn.start_ms:
            joined[-1] = Turn(joined[-1].start_ms, turn.end_ms, turn.voice)
        else:
            joined.append(turn)
    return tuple(joined)
