"""Joins two hearings of one stretch of audio, so that a word across a cut is neither lost nor doubled."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from engine.values import Span, Utterance, Word

SAME_WITHIN_MS = 700
"""Two hearings of one word lie at most this far apart."""

LIKELY_WITHIN_MS = 150.0
"""How far apart they usually lie at most; tells the words of "ja, ja, ja" from each other."""

MIN_LIKELIHOOD = 1e-9


class _Heard(NamedTuple):
    word: Word
    utterance: int
    place: int

    @property
    def middle(self) -> float:
        return (self.word.start_ms + self.word.end_ms) / 2

    @property
    def text(self) -> str:
        return "".join(c for c in self.word.text.casefold() if c.isalnum())


def join(left: Sequence[Utterance], right: Sequence[Utterance], overlap: Span) -> list[Utterance]:
    """Returns ``left`` up to a word that both heard in ``overlap``, then ``right`` after it.

    Where they have no word in common there, the switch is made between words, as near to the middle as can be.

    Args:
        left: what was heard up to ``overlap.end_ms``, in time order.
        right: what was heard from ``overlap.start_ms`` on, in time order.
        overlap: the stretch that both decoded.

    >>> from engine.values import Utterance, Word
    >>> left = Utterance(0, 1_000, (Word(0, 400, "Roll", 0.9), Word(500, 900, "for", 0.9)))
    >>> right = Utterance(500, 2_000, (Word(510, 910, "for", 0.9), Word(1_000, 1_600, "stealth", 0.9)))
    >>> " ".join(utterance.text for utterance in join([left], [right], Span(400, 1_000)))
    'Roll for stealth'
    """
    near = Span(max(0, overlap.start_ms - SAME_WITHIN_MS), overlap.end_ms + SAME_WITHIN_MS)
    ours = [heard for heard in _flatten(left) if near.start_ms <= heard.middle]
    theirs = [heard for heard in _flatten(right) if heard.middle <= near.end_ms]
    keep, drop = _switch(ours, theirs, (overlap.start_ms + overlap.end_ms) / 2)
    last = ours[keep - 1] if keep else None
    first = theirs[drop] if drop < len(theirs) else None
    before = _trim(left, stop=ours[keep] if keep < len(ours) else None)
    after = _trim(right, start=first, nothing=first is None and bool(theirs), near=near)
    before, after = _drop_heard_elsewhere(before, after), _drop_heard_elsewhere(after, before)
    if last is not None and first is not None and last.word.start_ms > first.word.start_ms:
        return sorted([*before, *after], key=lambda utterance: utterance.start_ms)
    return [*before, *after]


def pair_up(ours: Sequence[Word], theirs: Sequence[Word]) -> list[tuple[int, int]]:
    """Returns the likely pairs of one word heard twice, in order, as indexes of ``ours`` and ``theirs``."""
    left = [_Heard(word, 0, index) for index, word in enumerate(ours)]
    right = [_Heard(word, 0, index) for index, word in enumerate(theirs)]
    pairs = _pairs(left, right)
    best = max((likelihood for _, _, likelihood in pairs), default=0.0)
    return [(i, j) for i, j, likelihood in pairs if likelihood >= best / 2]


def _flatten(utterances: Sequence[Utterance]) -> list[_Heard]:
    return [
        _Heard(word, number, index)
        for number, utterance in enumerate(utterances)
        for index, word in enumerate(utterance.words)
    ]


def _switch(ours: list[_Heard], theirs: list[_Heard], centre: float) -> tuple[int, int]:
    """Returns how many of ``ours`` to keep and how many of ``theirs`` to drop."""
    if not ours or not theirs:
        return len(ours), 0
    pairs = _pairs(ours, theirs)
    if pairs:
        best = max(likelihood for _, _, likelihood in pairs)
        sure = [(i, j) for i, j, likelihood in pairs if likelihood >= best / 2]
        i, j = min(sure, key=lambda pair: abs(ours[pair[0]].middle - centre))
        return i + 1, j + 1
    keep = sum(heard.middle < centre for heard in ours)
    drop = sum(heard.middle < centre for heard in theirs)
    if keep < len(ours) and drop and ours[keep].middle - theirs[drop - 1].middle < LIKELY_WITHIN_MS:
        keep += 1  # one word, placed on different sides of the middle: both would have dropped it
    elif keep and drop < len(theirs) and theirs[drop].middle - ours[keep - 1].middle < LIKELY_WITHIN_MS:
        drop += 1  # likewise, but both would have kept it
    return keep, drop


def _pairs(ours: list[_Heard], theirs: list[_Heard]) -> list[tuple[int, int, float]]:
    """Returns the most likely pairing, in order, of words heard twice (dynamic programming)."""
    rows, columns = len(ours), len(theirs)
    score = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    match = [[0.0] * columns for _ in range(rows)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            match[i][j] = _likelihood(ours[i], theirs[j])
            score[i][j] = max(score[i + 1][j], score[i][j + 1], score[i + 1][j + 1] + match[i][j])
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if match[i][j] and score[i][j] == score[i + 1][j + 1] + match[i][j]:
            pairs.append((i, j, match[i][j]))
            i, j = i + 1, j + 1
        elif score[i][j] == score[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likelihood(ours: _Heard, theirs: _Heard) -> float:
    apart = abs(ours.middle - theirs.middle)
    if apart > SAME_WITHIN_MS or not ours.text or ours.text != theirs.text:
        return 0.0
    return max(exp(-((apart / LIKELY_WITHIN_MS) ** 2)), MIN_LIKELIHOOD)


def _trim(
    utterances: Sequence[Utterance],
    *,
    start: _Heard | None = None,
    stop: _Heard | None = None,
    nothing: bool = False,
    near: Span | None = None,
) -> list[Utterance]:
    """Returns ``utterances`` from ``start`` up to ``stop``; with ``nothing``, none of the words in ``near``."""
    kept = []
    for number, utterance in enumerate(utterances):
        words = utterance.words
        if nothing and near is not None and words:
            words = tuple(word for word in words if (word.start_ms + word.end_ms) / 2 > near.end_ms)
        if start is not None and number <= start.utterance:
            words = words[start.place :] if number == start.utterance else ()
        if stop is not None and number >= stop.utterance:
            words = words[: stop.place] if number == stop.utterance else ()
        if len(words) == len(utterance.words):
            kept.append(utterance)
        elif words:
            kept.append(
                dataclasses.replace(
                    utterance, words=words, start_ms=words[0].start_ms, end_ms=words[-1].end_ms
                )
            )
    return kept


def _drop_heard_elsewhere(utterances: list[Utterance], others: list[Utterance]) -> list[Utterance]:
    """Drops marks of unheard speech for which the other side has words, or the same mark."""
    return [
        utterance
        for utterance in utterances
        if utterance.heard
        or not any(
            word.start_ms < utterance.end_ms and word.end_ms > utterance.start_ms
            for other in others
            for word in other.words
        )
    ]
