"""A group's own corrections, with the lines around them, as examples for a classifier.

>>> count_corrections(campaign), corrections_of(campaign, "nl")
(0, [])
"""

from __future__ import annotations

from typing import cast

from engine.classification.values import Label as LabelValue
from engine.classification.values import LabelledLine
from engine.classification.values import LineKind as KindValue
from sessions_app.labels.spoken import spoken_lines
from sessions_app.models import Campaign, LabelBy, Segment, Session

AROUND = 4
"""Lines before and after a corrected one that are kept with it."""
MOST_SESSIONS = 30
"""Corrections of so many sessions are learnt from, of the latest ones."""


def corrections_of(campaign: Campaign, language: str) -> list[LabelledLine]:
    """Returns the lines that people labelled and those around them, of sessions in ``language``, the latest last."""
    corrected = Session.objects.filter(
        campaign=campaign, language=language, segments__label_by=LabelBy.PERSON
    ).distinct()
    sessions = sorted(corrected.order_by("-number")[:MOST_SESSIONS], key=lambda session: session.number)
    return [line for session in sessions for line in _of_session(session)]


def count_corrections(campaign: Campaign) -> int:
    """Returns how many lines of ``campaign`` people labelled."""
    return (
        Segment.objects.filter(session__campaign=campaign, label_by=LabelBy.PERSON).exclude(text="").count()
    )


def _of_session(session: Session) -> list[LabelledLine]:
    lines = Segment.objects.filter(session=session).exclude(text="")
    every = list(
        lines.values_list("pk", "label_by")
    )  # an evening has thousands of lines, of which few are corrected
    corrected = [index for index, (_pk, by) in enumerate(every) if by == LabelBy.PERSON]
    near = sorted({n for index in corrected for n in range(max(0, index - AROUND), index + AROUND + 1)})
    near = [index for index in near if index < len(every)]
    rows = lines.select_related("character").defer("words").in_bulk([every[index][0] for index in near])
    segments = {index: rows[pk] for index in near if (pk := every[index][0]) in rows}
    near = list(segments)
    spoken = spoken_lines(session, list(segments.values()))
    found, stretch = [], 0
    for place, index in enumerate(near):
        if place and near[place - 1] != index - 1:
            stretch += 1
        line, segment = spoken[place], segments[index]
        is_said = segment.label_by == LabelBy.PERSON
        found.append(
            LabelledLine(
                conversation=f"{session.uuid}/{stretch}",
                speaker=line.speaker,
                role=line.role,
                text=line.text,
                label=cast(LabelValue, segment.label) if is_said else None,
                kind=cast(KindValue, segment.label_kind) if is_said else None,
                character=line.character,
            )
        )
    return found
