"""Who is the game master where nobody said so: the one who narrates and voices the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.classification.model import StoryModel
from engine.classification.plain import PlainLine
from engine.classification.values import KINDS
from engine.values import Language

FEWEST_LINES = 8
"""Of somebody who may be taken for the game master."""
LEAD = 1.5
"""So many times as much as the next one the game master must narrate."""
_WORLD = [KINDS.index("dm_narration"), KINDS.index("npc")]


def with_roles(lines: Sequence[PlainLine], model: StoryModel, language: Language) -> list[PlainLine]:
    """Returns ``lines`` with everybody a game master or a player, as far as that can be told.

    Where a game master is known, who has no role is a player. Where none is, it is whoever by far narrates most among
    those without a role; if that is nobody, roles stay as they are.

    >>> from unittest.mock import Mock
    >>> model = Mock(StoryModel)  # which is not asked, as a game master is known
    >>> lines = [PlainLine("The gate creaks.", (), "Dora", is_dm=True), PlainLine("I listen.", (), "Anna")]
    >>> [(line.speaker, line.is_player) for line in with_roles(lines, model, "en")]
    [('Dora', False), ('Anna', True)]
    """
    nameless = {line.speaker for line in lines if not (line.is_dm or line.is_player)}
    if not nameless:
        return list(lines)
    master = None
    if not any(line.is_dm for line in lines):
        master = _narrator(lines, nameless, model, language)
        if master is None:
            return list(lines)
    return [
        replace(line, is_dm=line.speaker == master, is_player=line.speaker != master)
        if line.speaker in nameless
        else line
        for line in lines
    ]


def _narrator(
    lines: Sequence[PlainLine], among: set[str], model: StoryModel, language: Language
) -> str | None:
    speakers = {line.speaker for line in lines}
    if len(speakers) < 2:
        return None
    words, counts = dict.fromkeys(speakers, 0.0), dict.fromkeys(speakers, 0)
    kinds = model.kinds([replace(line, is_dm=False, is_player=False) for line in lines], language)
    for line, row in zip(lines, kinds, strict=True):
        words[line.speaker] += float(row[_WORLD].sum()) * len(line.tokens)
        counts[line.speaker] += 1
    first, second = sorted(words, key=lambda speaker: -words[speaker])[:2]
    is_clear = words[first] > LEAD * words[second]
    return first if first in among and counts[first] >= FEWEST_LINES and is_clear else None
