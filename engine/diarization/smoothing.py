"""Finds the likeliest sequence of voices over short windows: a hidden Markov model whose states are voices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from engine.diarization.windows import Labels, Scale


def smooth(
    fine: Scale,
    centroids: NDArray[np.float32],
    *,
    sharpness: float,
    change_cost: float,
    pause_discount: float,
    on_rows: Callable[[], None] = lambda: None,
) -> Labels:
    """Returns the voice of each fine window by Viterbi's algorithm.

    A window speaks for a voice with ``sharpness`` times its cosine to that voice's centroid; a change of voice costs
    ``change_cost``, times ``pause_discount`` where the windows do not overlap, that is over a pause.

    Args:
        fine: windows in time order.
        centroids: one unit vector per voice, shape ``(k, 256)``.
        sharpness: scale of the cosines.
        change_cost: what a change costs.
        pause_discount: factor on it between 0 and 1.
        on_rows: called every few thousand windows; raising from it stops the work.

    >>> from engine.diarization.vector_file import VectorFile
    >>> voices = np.eye(2, 256, dtype=np.float32)
    >>> heard, starts = VectorFile(), np.arange(5) * 400
    >>> heard.append(voices[[0, 0, 1, 0, 0]])
    >>> fine = Scale(starts, starts + 800, heard.all())
    >>> smooth(fine, voices, sharpness=4.0, change_cost=10.0, pause_discount=0.3)
    array([0, 0, 0, 0, 0])
    """
    costs = np.full(len(fine), float(change_cost))
    costs[1:][fine.starts[1:] >= fine.ends[:-1]] *= pause_discount

    def scores() -> Iterator[NDArray[np.float64]]:
        for _, rows in fine.vectors.blocks():
            on_rows()
            yield sharpness * (rows @ centroids.T).astype(np.float64)

    return likeliest(scores(), costs, len(centroids))


def likeliest(scores: Iterable[NDArray[np.floating]], costs: NDArray[np.float64], voices: int) -> Labels:
    """Returns the path through voices with the highest sum of scores, less what its changes cost.

    Args:
        scores: of the windows in time order, in blocks of shape ``(any, voices)``.
        costs: what a change just before each window costs, shape ``(n,)``.
        voices: how many there are.

    >>> likeliest([np.array([[3.0, 0.0], [0.0, 1.0], [3.0, 0.0]])], np.full(3, 2.0), 2)
    array([0, 0, 0])
    """
    came_from = np.empty((len(costs), voices), np.uint16)
    itself = np.arange(voices)
    total = np.zeros(voices)
    for i, score in enumerate(row for block in scores for row in block):
        best = int(total.argmax())
        changed = total[best] - costs[i]
        came_from[i] = np.where(total >= changed, itself, best)
        total = np.maximum(total, changed) + score
    path = np.empty(len(costs), np.intp)
    voice = int(total.argmax())
    for i in range(len(costs) - 1, -1, -1):
        path[i] = voice
        voice = int(came_from[i, voice])
    return path
