"""What the lines around a line say about it: the second stage of the classifier reads this.

All is told from the first stage's probabilities, not from words, so that it holds in any language.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.classification.plain import PlainLine
from engine.classification.values import KINDS, KINDS_OF

Floats = NDArray[np.float64]

REACH = 4
"""So many lines before and after a line are looked at one by one."""
CLOSE = 2
"""Of so many of them more is looked at than story or table."""
SHORT = 3
"""A line of so few words means what its neighbours mean."""
MEMORIES = (0.5, 0.7, 0.85, 0.95)
"""How much of the mood before a line is kept by the next; the last reaches some twenty lines."""
SURE = 0.97
"""The probability of what a person said, for its neighbours."""
_STORY = [KINDS.index(kind) for kind in KINDS_OF["IC"]]
_LEAST = 1e-3


def odds_of_story(kinds: Floats) -> Floats:
    """Returns the log odds of story against table for rows of probabilities of kinds.

    >>> odds_of_story(np.array([[0.5, 0.25, 0.0, 0.25, 0.0], [0.0, 0.0, 0.0, 0.5, 0.5]])).round(1)
    array([ 1.1, -6.9])
    """
    story = kinds[:, _STORY].sum(axis=1).clip(_LEAST, 1 - _LEAST)
    return np.asarray(np.log(story / (1 - story)))


def neighbourhood(
    kinds: Floats, lines: Sequence[PlainLine], clauses: Floats, places: Sequence[int]
) -> Floats:
    """Returns a row of numbers for each line of a stretch.

    Args:
        kinds: the first stage's probabilities of the lines' kinds, shape ``(lines, kinds)``.
        lines: of one stretch, in their order.
        clauses: its probabilities of the kinds of clauses.
        places: which line each clause is of.
    """
    odds = odds_of_story(kinds)
    words = np.array([len(line.tokens) for line in lines], dtype=float)
    is_dm = np.array([line.is_dm for line in lines], dtype=float)
    asks = np.array(["?" in line.text for line in lines], dtype=float)
    short = (words <= SHORT).astype(float)
    columns = [odds, *kinds.T, *np.log(kinds.clip(_LEAST)).T, is_dm, short, asks, np.log1p(words)]
    unsure = 1 - np.abs(2 * kinds[:, _STORY].sum(axis=1) - 1)
    for step in range(1, REACH + 1):
        for by in (step, -step):
            near, same = _shifted(odds, by), _same_speaker(lines, by)
            columns += [near, near * same, _shifted(np.ones(len(lines)), by)]
            if step <= CLOSE:
                asked = _shifted(asks, by)
                columns += [_shifted(column, by) for column in kinds.T]
                columns += [same, _shifted(is_dm, by), asked, _shifted(short, by)]
                columns += [near * short, near * asked, near * unsure]
    for memory in MEMORIES:
        before, after = _mood(odds, memory), _mood(odds[::-1], memory)[::-1]
        columns += [before, after, before + after, (before + after) * short]
    columns += [_last_of_speaker(odds, lines), _last_of_speaker(odds[::-1], lines[::-1])[::-1]]
    columns += [*_last_of_dm(kinds, lines).T, *_last_of_dm(kinds[::-1], lines[::-1])[::-1].T]
    return np.column_stack([*columns, _both_sides(clauses, places, len(lines))])


def _shifted(column: Floats, by: int) -> Floats:
    """Returns for each line what the line ``by`` before it has (after it if negative), 0 where there is none."""
    moved = np.zeros_like(column)
    if abs(by) < len(column):
        if by > 0:
            moved[by:] = column[:-by]
        else:
            moved[:by] = column[-by:]
    return moved


def _same_speaker(lines: Sequence[PlainLine], by: int) -> Floats:
    return np.array(
        [
            float(0 <= place - by < len(lines) and lines[place - by].speaker == line.speaker)
            for place, line in enumerate(lines)
        ]
    )


def _mood(odds: Floats, memory: float) -> Floats:
    """Returns a running mean of the odds of all lines before each line."""
    moods, mood = np.zeros(len(odds)), 0.0
    for place, value in enumerate(odds):
        moods[place] = mood
        mood = memory * mood + (1 - memory) * value
    return moods


def _last_of_speaker(odds: Floats, lines: Sequence[PlainLine]) -> Floats:
    last: dict[str, float] = {}
    found = np.zeros(len(odds))
    for place, line in enumerate(lines):
        found[place] = last.get(line.speaker, 0.0)
        last[line.speaker] = odds[place]
    return found


def _last_of_dm(kinds: Floats, lines: Sequence[PlainLine]) -> Floats:
    last, found = np.zeros(kinds.shape[1]), np.zeros_like(kinds)
    for place, line in enumerate(lines):
        found[place] = last
        if line.is_dm:
            last = kinds[place]
    return found


def _both_sides(clauses: Floats, places: Sequence[int], lines: int) -> Floats:
    """Returns whether a line has clauses, the highest and lowest odds of story among them, and the lesser side's."""
    found = np.zeros((lines, 4))
    if len(places):
        odds = odds_of_story(clauses)
        owners = np.asarray(places)
        for place in np.unique(owners):
            own = odds[owners == place]
            found[place] = (1.0, own.max(), own.min(), min(own.max(), -own.min()))
    return found
