"""Divides lines into requests: which are asked about together, and which are shown around them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.classification.values import SpokenLine

LINES = 40
"""Lines that one request asks about, as long as the server copes."""
CHARACTERS = 12_000
"""Text that one request asks about, at most."""
BEFORE = 12
AFTER = 4
"""Lines that are shown before the first and after the last that are asked about."""

TOKENS_A_LINE = 64
TOKENS_AROUND = 128
"""The answer: an object for each line, even where the model indents it, and what is around them."""


def next_batch(lines: Sequence[SpokenLine], first: int, most: int = LINES) -> list[int]:
    """Returns the indices of the next lines to ask about, from ``first`` on; empty where none is left.

    Lines that a person labelled are not asked about. Lines far apart are not asked about together, as all between them
    would be shown.

    >>> lines = [SpokenLine("Anna", "player", "We go in.")] * 50
    >>> batch = next_batch(lines, 0)
    >>> len(batch), next_batch(lines, batch[-1] + 1)
    (40, [40, 41, 42, 43, 44, 45, 46, 47, 48, 49])
    """
    chosen: list[int] = []
    characters = 0
    for index in range(first, len(lines)):
        if lines[index].said is not None:
            continue
        characters += len(lines[index].text)
        far = bool(chosen) and index - chosen[-1] > BEFORE + AFTER
        if chosen and (len(chosen) >= most or characters > CHARACTERS or far):
            break
        chosen.append(index)
    return chosen


def shown_around(asked: Sequence[int], lines: int) -> tuple[int, int]:
    """Returns the first line that is shown with those of ``asked``, and the one after the last.

    >>> shown_around([40, 41, 49], lines=120)
    (28, 54)
    """
    return max(0, asked[0] - BEFORE), min(lines, asked[-1] + 1 + AFTER)


def answer_budget(lines: int) -> int:
    """Returns how many tokens an answer about so many lines may take."""
    return TOKENS_AROUND + TOKENS_A_LINE * lines
