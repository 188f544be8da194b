"""Chooses which of a group's corrections a language model is shown as examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from engine.classification.values import Label, LabelledLine, SpokenLine

MOST = 24
"""Corrections that are shown at most."""
LATEST = 8
"""So many of them are the latest ones, the others those that share most words with the lines to judge."""
MOST_OF_A_LABEL = 16
"""A model that sees one label only comes to expect it."""
BEFORE = 2
"""Lines that are shown before each."""
MOST_CHARACTERS = 4_000

_WORD = re.compile(r"[^\W\d_]{3,}")


def choose_examples(
    corrections: Sequence[LabelledLine], lines: Sequence[SpokenLine]
) -> list[list[LabelledLine]]:
    """Returns stretches of conversations that hold the most useful corrections, in the order of ``corrections``.

    Args:
        corrections: conversations of the group's own, the latest last.
        lines: those to judge.

    >>> corrections = [LabelledLine("1", "Anna", "player", "Pass me the crisps.", "OOC", "ooc_other")]
    >>> choose_examples(corrections, [SpokenLine("Ben", "player", "More crisps?")]) == [corrections]
    True
    """
    labelled = [index for index, line in enumerate(corrections) if line.label is not None]
    spread = Counter(word for line in lines for word in _words(line.text))
    among = Counter(word for index in labelled for word in _words(corrections[index].text))
    likeness = {index: _likeness(corrections[index].text, spread, among) for index in labelled}
    by_likeness = sorted(labelled, key=lambda index: (-likeness[index], -index))
    chosen = _balanced(corrections, [*labelled[-LATEST:][::-1], *by_likeness])
    return _stretches(corrections, chosen)


def _balanced(corrections: Sequence[LabelledLine], ranked: Iterable[int]) -> list[int]:
    chosen: dict[int, None] = {}
    of_label: Counter[Label | None] = Counter()
    characters = 0
    for index in ranked:
        line = corrections[index]
        if index in chosen or of_label[line.label] >= MOST_OF_A_LABEL:
            continue
        characters += len(line.text)
        if len(chosen) >= MOST or characters > MOST_CHARACTERS:
            break
        chosen[index] = None
        of_label[line.label] += 1
    return sorted(chosen)


def _stretches(corrections: Sequence[LabelledLine], chosen: Sequence[int]) -> list[list[LabelledLine]]:
    shown: list[list[int]] = []
    for index in chosen:
        conversation = corrections[index].conversation
        before = [
            near
            for near in range(max(0, index - BEFORE), index + 1)
            if corrections[near].conversation == conversation
        ]
        if (
            shown
            and shown[-1][-1] >= before[0] - 1
            and corrections[shown[-1][-1]].conversation == conversation
        ):
            shown[-1] += [near for near in before if near > shown[-1][-1]]
        else:
            shown.append(before)
    return [[corrections[index] for index in stretch] for stretch in shown]


def _likeness(text: str, spread: Counter[str], among: Counter[str]) -> float:
    """Returns how much ``text`` shares with the lines; a word that many of either have says little."""
    return sum(1 / (spread[word] * among[word]) for word in _words(text) if word in spread)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
