"""What the built-in classifier has learnt from a campaign's corrections.

>>> learnt_lines(campaign, "nl")  # nobody has corrected a label yet
[]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.classification.values import LabelledLine
from sessions_app.models import Campaign, LabelBy, LearntLabels, Segment


def learnt_lines(campaign: Campaign, language: str) -> list[LabelledLine]:
    """Returns the corrections that the built-in classifier has learnt to use in ``campaign``."""
    row = LearntLabels.objects.filter(campaign=campaign, language=language, is_used=True).first()
    if row is None:
        return []
    return [LabelledLine(**line) for line in row.lines]


def still_said(campaign: Campaign, language: str, lines: Sequence[LabelledLine]) -> list[LabelledLine]:
    """Returns ``lines`` with those labels alone that people still give to them; nothing where no label is left."""
    labelled = Segment.objects.filter(
        session__campaign=campaign, session__language=language, label_by=LabelBy.PERSON
    )
    said = {
        (str(session), *line)
        for session, *line in labelled.values_list("session__uuid", "text", "label", "label_kind")
    }
    left = [line if _key(line) in said else replace(line, label=None, kind=None) for line in lines]
    return left if any(line.label for line in left) else []


def _key(line: LabelledLine) -> tuple[str | None, ...]:
    return (line.conversation.partition("/")[0], line.text, line.label, line.kind)
