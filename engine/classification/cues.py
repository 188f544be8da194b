"""What can be counted and looked at in one line: who speaks, its shape, and what kinds of words it uses."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.classification.plain import CHARACTER, PERSON, PlainLine
from engine.classification.words import WordGroups, is_number

_QUOTES = re.compile(r"[\"“”„«»‘]|(?:^|\s)'\w")  # noqa: RUF001 - all that recognisers write


def cues(lines: Sequence[PlainLine], groups: WordGroups) -> NDArray[np.float32]:
    """Returns the cues of each line, shape ``(lines, cues)``, each 0 to 1 or near it.

    >>> from engine.classification.words import word_groups
    >>> line = PlainLine("Can I roll?", ("can", "i", "roll"), is_player=True)
    >>> is_dm, is_player, asks, quotes = cues([line], word_groups("en"))[0, :4].tolist()
    >>> is_player, asks
    (1.0, 1.0)
    """
    return np.array([_of_line(line, groups) for line in lines], dtype=np.float32).reshape(len(lines), -1)


def _of_line(line: PlainLine, groups: WordGroups) -> list[float]:
    counts = groups.counts(line.tokens)
    length = max(1, len(line.tokens))
    return [
        *_shape(line, length),
        *_names(line),
        *_together(line, dict(zip(groups.names, counts, strict=True)), length),
        *[float(count > 0) for count in counts],
        *[min(1.0, 3 * count / length) for count in counts],
        *[float(count > 0) for count in groups.counts(line.tokens[:2])],
    ]


def _shape(line: PlainLine, length: int) -> list[float]:
    """Returns who speaks, how long, and with which marks."""
    text, is_dm = line.text, float(line.is_dm)
    asks, quotes = float("?" in text), float(bool(_QUOTES.search(text)))
    size = math.log1p(length) / 4
    return [
        is_dm,
        float(line.is_player),
        asks,
        quotes,
        asks * is_dm,
        quotes * is_dm,
        size,
        size * is_dm,
        float(length <= 2),
        float(length <= 4),
        float(length > 14),
        float(length > 14) * is_dm,
        float(length > 25) * is_dm,
        float("!" in text),
        float(text.rstrip().endswith("?")),
        float("..." in text or "…" in text),
        float(text.count(",") > 1),
        float(text[:1].islower()),
    ]


def _names(line: PlainLine) -> list[float]:
    """Returns who is named, and by whom."""
    character, person = float(CHARACTER in line.tokens), float(PERSON in line.tokens)
    first = line.tokens[0] if line.tokens else ""
    return [
        character,
        person,
        float(line.names_own_character),
        character * line.is_dm,
        person * line.is_dm,
        float(first == CHARACTER),
        float(first == PERSON),
    ]


def _together(line: PlainLine, by: dict[str, int], length: int) -> list[float]:
    """Returns what means something only together: "I" of a player, a number beside a word of the rules."""
    is_dm, is_player = float(line.is_dm), float(line.is_player)
    digits = sum(token.isdigit() for token in line.tokens)
    numbers = sum(map(is_number, line.tokens))
    has = {name: float(count > 0) for name, count in by.items()}
    of_table = by["game"] + by["table"] + by["rules"]
    of_story = by["world"] + by["deeds"] + by["body"]
    return [
        float(digits > 0),
        digits / length,
        float(digits > 0) * is_player,
        float(digits > 0) * is_dm,
        float(numbers >= length),
        float(numbers > 0 and length <= 4),
        has["first"] * is_player,
        has["first"] * is_dm,
        has["second"] * is_player,
        has["second"] * is_dm,
        has["first"] * has["deeds"] * is_player,
        has["third"] * is_dm,
        has["speech"] * is_player,
        has["narrating"] * is_dm,
        has["rules"] * is_dm,
        has["rules"] * is_player,
        has["address"] * is_dm,
        float("?" in line.text) * has["world"],
        float(of_table == 0 and of_story > 0),
        float(by["rules"] > 1),
        float(by["table"] > 1),
        float(by["world"] > 1),
        float(by["rules"] > 0 and numbers > 0),
    ]
