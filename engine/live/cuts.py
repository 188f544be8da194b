"""Shares words out at a cut through speech, which two utterances have heard from their two sides."""

from __future__ import annotations

from collections.abc import Sequence

from engine.seams import pair_up
from engine.values import Word

NEAR_MS = 1_500
"""Words further from the cut are no help in telling where the second utterance goes on."""


def split(words: Sequence[Word], cut_ms: int) -> tuple[list[Word], list[Word]]:
    """Returns the words before the cut and those behind it, by their middles; none is before one that is behind.

    >>> from engine.values import Word
    >>> before, behind = split([Word(0, 400, "Roll", 0.9), Word(600, 900, "for", 0.9)], cut_ms=500)
    >>> [word.text for word in before], [word.text for word in behind]
    (['Roll'], ['for'])
    """
    count = next((i for i, word in enumerate(words) if _middle(word) >= cut_ms), len(words))
    return list(words[:count]), list(words[count:])


def going_on(said: Sequence[Word], beyond: Sequence[Word], words: Sequence[Word], cut_ms: int) -> list[Word]:
    """Returns what the second utterance adds to the first.

    Args:
        said: the first utterance's words, already given out.
        beyond: what it heard behind the cut.
        words: what the second utterance heard, from some time before the cut on.
        cut_ms: the cut.
    """
    tail = [word for word in said if _middle(word) > cut_ms - NEAR_MS]
    ours = [*tail, *(word for word in beyond if _middle(word) < cut_ms + NEAR_MS)]
    theirs = [word for word in words if abs(_middle(word) - cut_ms) < NEAR_MS]
    first = next((i for i, word in enumerate(words) if theirs and word is theirs[0]), 0)
    pairs = pair_up(ours, theirs)
    if not pairs:
        return split(words, cut_ms)[1]
    mine, other = min(pairs, key=lambda pair: abs(_middle(ours[pair[0]]) - cut_ms))
    return list(words[max(0, first + other + len(tail) - mine) :])


def _middle(word: Word) -> float:
    return (word.start_ms + word.end_ms) / 2
