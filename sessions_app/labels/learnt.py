"""What the built-in classifier has learnt from a campaign's corrections."""

from __future__ import annotations

from engine.classification.values import LabelledLine
from sessions_app.models import Campaign, LearntLabels


def learnt_lines(campaign: Campaign, language: str) -> list[LabelledLine]:
    """Returns the corrections that the built-in classifier has learnt to use in ``campaign``."""
    row = LearntLabels.objects.filter(campaign=campaign, language=language, is_used=True).first()
    if row is None:
        return []
    return [LabelledLine(**line) for line in row.lines]
