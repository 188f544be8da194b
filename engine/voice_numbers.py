"""Keeps the numbers of a session's voices: “Speaker 2” stays Speaker 2 when the session is diarized again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from engine.values import Diarization, Turn, VoiceEmbedding

MIN_SHARE = 0.3
"""Two voices are one only if they share at least this much of the time in which either speaks."""


def match_voices(before: Sequence[Turn], after: Sequence[Turn]) -> dict[int, int]:
    """Returns which voice of ``before`` each voice of ``after`` is, judged by the time that they share.

    Args:
        before: the turns as they were.
        after: the turns as they are now.

    Returns:
        From new numbers to old ones, one to one; voices that match nobody are left out.

    >>> before = [Turn(0, 5_000, 0), Turn(5_000, 9_000, 1)]
    >>> match_voices(before, [Turn(0, 5_000, 1), Turn(5_100, 9_000, 0)])
    {0: 1, 1: 0}
    """
    old, new = sorted({t.voice for t in before}), sorted({t.voice for t in after})
    if not old or not new:
        return {}
    shared = _shared_ms(before, after, old, new)
    spoken_old = np.diag(_shared_ms(before, before, old, old))
    spoken_new = np.diag(_shared_ms(after, after, new, new))
    either = spoken_new[:, None] + spoken_old[None] - shared
    rows, columns = linear_sum_assignment(-shared)
    return {
        new[row]: old[column]
        for row, column in zip(rows, columns, strict=True)
        if shared[row, column] >= MIN_SHARE * max(1, either[row, column])
    }


def keep_numbers(before: Diarization, after: Diarization) -> Diarization:
    """Returns ``after`` with the numbers that its voices had before; new voices take numbers never used."""
    numbers = match_voices(before.turns, after.turns)
    taken = set(before.voices) | set(numbers.values())
    free = max(taken, default=-1) + 1
    for voice in _by_first_turn(after.turns):
        if voice not in numbers:
            numbers[voice] = free
            free += 1
    turns = sorted(Turn(t.start_ms, t.end_ms, numbers[t.voice]) for t in after.turns)
    embeddings = sorted(
        (VoiceEmbedding(numbers[e.voice], e.vector, e.model, e.speech_ms) for e in after.embeddings),
        key=lambda e: e.voice,
    )
    return Diarization(tuple(turns), tuple(embeddings))


def speaker_number(voice: int) -> int:
    """Returns the number by which people know an unnamed voice: voice 0 is Speaker 1.

    >>> speaker_number(0)
    1
    """
    return voice + 1


def _by_first_turn(turns: Iterable[Turn]) -> list[int]:
    return list(dict.fromkeys(turn.voice for turn in sorted(turns)))


def _shared_ms(
    before: Sequence[Turn], after: Sequence[Turn], old: Sequence[int], new: Sequence[int]
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Returns the time that each new voice (rows) shares with each old one (columns), by a sweep over both."""
    events = sorted(
        (at, change, side, turn.voice)
        for side, turns in enumerate((before, after))
        for turn in turns
        for at, change in ((turn.start_ms, 1), (turn.end_ms, -1))
    )
    column = {voice: i for i, voice in enumerate(old)}
    row = {voice: i for i, voice in enumerate(new)}
    shared = np.zeros((len(new), len(old)), np.int64)
    active: tuple[dict[int, int], dict[int, int]] = ({}, {})
    since = 0
    for at, change, side, voice in events:
        for ours in active[1]:
            for theirs in active[0]:
                shared[row[ours], column[theirs]] += at - since
        since = at
        count = active[side].get(voice, 0) + change
        if count:
            active[side][voice] = count
        else:
            active[side].pop(voice, None)
    return shared
