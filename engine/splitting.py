"""Splits a voice that is two people: a person points out some lines, the rest follow; called by the voices screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.calibration import Calibration, unit
from engine.diarization import CropEncoder
from engine.values import PcmReader, Span

TELLING_MS = 1_000
"""A line that is shorter cannot tell who speaks it."""

FULL_WEIGHT_MS = 8_000
"""A longer line says no more about a voice than one of this length."""

LONGEST_CROP_MS = 20_000
"""At most so much of a line is read and embedded, from its middle."""

ROUNDS = 10

Vectors = NDArray[np.float32]
OnLine = Callable[[int, int], None]


def split_voice(
    vectors: Vectors,
    weights_ms: Sequence[int],
    pointed_out: Collection[int],
    calibration: Calibration | None = None,
) -> frozenset[int]:
    """Returns which of a voice's lines go to the new voice.

    The lines pointed out make the first guess of the new voice. Each other line then joins the nearer of the two, and
    both are computed again, until nothing moves; lines pointed out never go back. Of the two voices that are found, at
    least one line stays with the old one. Lines too short to tell (less than :data:`TELLING_MS`, or without a vector)
    follow the nearest line before or after them that can tell, in the order of the list; if none can, they stay.

    Args:
        vectors: one embedding for each line, in order of time, shape ``(n, d)``; zeros where there is none.
        weights_ms: the length of each line.
        pointed_out: indices of lines that are somebody else's.
        calibration: the encoder's, if it has one; takes away what all voices have in common.

    Returns:
        Indices; always those pointed out, never all.

    Raises:
        ValueError: if no line is pointed out, or all are, or one that is not there.

    >>> anna, ben = np.eye(2, dtype=np.float32)
    >>> sorted(split_voice(np.array([anna, ben, anna, ben]), [3_000] * 4, pointed_out={1}))
    [1, 3]
    """
    count = len(vectors)
    if len(weights_ms) != count:
        raise ValueError("every line needs a vector and a length")
    if not pointed_out or not set(pointed_out) < set(range(count)):
        raise ValueError("some of the voice's lines must be pointed out, and not all")
    given = np.isin(np.arange(count), list(pointed_out))
    has_vector = np.linalg.norm(vectors, axis=1) > 0
    telling = has_vector & (np.asarray(weights_ms) >= TELLING_MS)
    if not (telling & given).any():
        telling |= has_vector & given  # the best there is
    if not (telling & given).any() or not (telling & ~given).any():
        return frozenset(np.flatnonzero(given).tolist())
    units = calibration.cleaned(vectors) if calibration else unit(vectors)
    weights = np.minimum(weights_ms, FULL_WEIGHT_MS).astype(np.float32) * telling
    new = _grown(units, weights, telling, given)
    _follow_neighbours(new, telling, given)
    if new.all():
        new[int(np.where(given, -np.inf, weights).argmax())] = False
    return frozenset(np.flatnonzero(new).tolist())


def embed_lines(
    encoder: CropEncoder, audio: PcmReader, spans_ms: Sequence[Span], on_line: OnLine | None = None
) -> Vectors:
    """Returns an embedding for each line, reading one line at a time.

    Args:
        encoder: makes the vectors.
        audio: the recording.
        spans_ms: the lines; of long ones the middle :data:`LONGEST_CROP_MS` are embedded.
        on_line: called with how many lines are done, and how many there are.

    Returns:
        Shape ``(n, d)``; zeros for lines without sound.
    """
    found: list[Vectors | None] = []
    for span in spans_ms:
        if on_line is not None:
            on_line(len(found), len(spans_ms))
        middle = (span.start_ms + span.end_ms) // 2
        start_ms = max(span.start_ms, middle - LONGEST_CROP_MS // 2)
        samples = audio.read(start_ms, min(span.end_ms, start_ms + LONGEST_CROP_MS))
        found.append(encoder.embed(samples) if len(samples) and np.any(samples) else None)
    size = next((len(vector) for vector in found if vector is not None), 0)
    return np.array(
        [np.zeros(size, np.float32) if vector is None else vector for vector in found], np.float32
    ).reshape(len(found), size)


def _grown(
    units: Vectors, weights: Vectors, telling: NDArray[np.bool_], given: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Returns which lines are the new voice's: two means, of which one is held by the lines that were pointed out."""
    new = given.copy()
    old = _first_of_the_others(units, weights, telling & ~given, given & telling)
    for _ in range(ROUNDS):
        theirs = unit((weights * new) @ units)
        ours = unit((weights * old) @ units)
        nearer = (units @ theirs > units @ ours) & telling
        after = nearer | given
        if (telling & ~after).any() and (after != new).any():
            new, old = after, telling & ~after
        else:
            break
    return new


def _first_of_the_others(
    units: Vectors, weights: Vectors, others: NDArray[np.bool_], given: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Returns lines that surely stay: the half of the others, by length, that lies furthest from those pointed out.

    All of them would be a mixture of both people, to which everybody is near.
    """
    theirs = unit((weights * given) @ units)
    order = np.argsort(units @ theirs)
    order = order[others[order]]
    so_far = np.cumsum(weights[order])
    surely = np.zeros_like(others)
    surely[order[: 1 + int(np.searchsorted(so_far, so_far[-1] / 2))]] = True
    return surely


def _follow_neighbours(new: NDArray[np.bool_], telling: NDArray[np.bool_], given: NDArray[np.bool_]) -> None:
    tellers = np.flatnonzero(telling)
    for line in np.flatnonzero(~telling & ~given):
        new[line] = new[tellers[_nearest(tellers, int(line))]]


def _nearest(tellers: NDArray[np.intp], line: int) -> int:
    """Returns the teller nearest to a line; of two at the same distance, the one before."""
    return int(np.abs(tellers - line).argmin())
