"""Learns from what a group corrected, and tells whether that does good, on corrections not learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.classification.builtin import BuiltinClassifier, trained
from engine.classification.examples import as_spoken, cast_of, conversations
from engine.classification.model import StoryModel
from engine.classification.scoring import macro_f1
from engine.classification.values import Label, LabelledLine
from engine.values import Language

FEWEST = 20
"""Corrections below which nothing can be told."""
PARTS = 3
"""Each is held out once while the others are learnt from."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of learning.

    Attributes:
        is_better: whether corrections that were not learnt from came out better than without learning.
        score_without: macro F1 on the corrections by what comes with Scribe; None where there are too few.
        score_with: the same by what has learnt from the other corrections.
        seen: how many corrections there were.
    """

    is_better: bool
    score_without: float | None
    score_with: float | None
    seen: int

    @property
    def are_too_few(self) -> bool:
        """Whether nothing was tried, because there is too little to learn from."""
        return self.score_with is None


def learn(language: Language, corrections: Sequence[LabelledLine]) -> Learnt:
    """Tries whether the built-in classifier does better with ``corrections``.

    Args:
        language: of the lines.
        corrections: conversations of the group, in which some lines have a label and the others give context. What
            stands before a "/" in a conversation's name is the session, which is held out as a whole where there are
            several.

    >>> correction = LabelledLine("1/1", "Anna", "player", "Pass me the crisps.", "OOC", "ooc_other")
    >>> learnt = learn("en", [correction])
    >>> learnt.seen, learnt.are_too_few
    (1, True)
    """
    seen = sum(line.label is not None for line in corrections)
    parts = _parts(corrections)
    if seen < FEWEST or len(parts) < 2:
        return Learnt(False, None, None, seen)
    base = trained(language)
    without: list[tuple[Label | None, Label | None]] = []
    with_: list[tuple[Label | None, Label | None]] = []
    for held in range(len(parts)):
        others = tuple(line for place, part in enumerate(parts) if place != held for line in part)
        without += _judged(parts[held], base, language)
        with_ += _judged(
            parts[held], trained.__wrapped__(language, others), language
        )  # seen once, so not kept
    score_without, score_with = macro_f1(without), macro_f1(with_)
    return Learnt(score_with > score_without, score_without, score_with, seen)


def _parts(corrections: Sequence[LabelledLine]) -> list[list[LabelledLine]]:
    """Returns the corrections in parts with labels: by session; of one session by stretch; of one stretch by place."""
    stretches = [lines for lines in conversations(corrections) if any(line.label for line in lines)]
    sessions: dict[str, list[LabelledLine]] = {}
    for lines in stretches:
        sessions.setdefault(lines[0].conversation.partition("/")[0], []).extend(lines)
    units = list(sessions.values())
    if len(units) < 2:
        units = stretches
    if len(units) == 1:
        units = _cut(units[0])
    parts: list[list[LabelledLine]] = [[] for _ in range(min(PARTS, len(units)))]
    for unit in sorted(units, key=lambda unit: -sum(line.label is not None for line in unit)):
        min(parts, key=lambda part: sum(line.label is not None for line in part)).extend(unit)
    return parts


def _cut(lines: Sequence[LabelledLine]) -> list[list[LabelledLine]]:
    """Returns one stretch in parts with as many labels each."""
    labels = sum(line.label is not None for line in lines)
    parts: list[list[LabelledLine]] = [[] for _ in range(min(PARTS, labels))]
    passed = 0
    for line in lines:
        place = min(len(parts) - 1, passed * len(parts) // max(1, labels))
        parts[place].append(replace(line, conversation=f"{line.conversation}/{place}"))
        passed += line.label is not None
    return parts


def _judged(
    lines: Sequence[LabelledLine], model: StoryModel, language: Language
) -> list[tuple[Label | None, Label | None]]:
    """Returns the truth of the lines with a label, and what ``model`` says of them."""
    found: list[tuple[Label | None, Label | None]] = []
    for stretch in conversations(lines):
        verdicts = BuiltinClassifier(language, model=model).classify(as_spoken(stretch), cast_of(stretch))
        found += [
            (line.label, verdict.label if verdict else None)
            for line, verdict in zip(stretch, verdicts, strict=True)
            if line.label is not None
        ]
    return found
