"""Labels the lines of a session, within a Run or when somebody asks for it.

>>> language_of_lines(session)
'nl'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from engine.classification.values import SpokenLine, Verdict
from engine.values import Language, OnProgress
from engine.wording import gettext_noop
from sessions_app.labels.corrections import corrections_of
from sessions_app.labels.learnt import learnt_lines
from sessions_app.labels.spoken import cast_of, lines_to_judge, spoken_lines, verdict_of
from sessions_app.labels.storing import store_labels
from sessions_app.models import Campaign, LabelBy, Segment, Session
from sessions_app.runs.engine import ChosenClassifier, Engine

STRETCH = 240
"""Lines after which the answers of a language model are stored, so that none is paid for twice."""
CONTEXT = 12
"""Lines before a stretch that are shown with it."""
WITHDRAWN = gettext_noop("Asking the language model was switched off meanwhile.")


class Withdrawn(Exception):
    """The owner of the campaign does not let lines leave this machine any more."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """How labelling ended.

    Attributes:
        lines: how many lines hold words.
        unlabelled: how many of them have no label.
        asked: how many were judged anew, or could not be.
        trouble: why, in English words for people; empty where nothing went wrong.
    """

    lines: int
    unlabelled: int
    asked: int = 0
    trouble: str = ""


def choose_classifier(session: Session, engine: Engine) -> ChosenClassifier:
    """Returns what labels the lines of ``session``: a language model where one is set up and may be asked."""
    language = language_of_lines(session)
    campaign = session.campaign
    return engine.classifier(
        language,
        corrections_of(campaign, language),
        learnt_lines(campaign, language),
        remote=campaign.language_model_allowed,
    )


def language_of_lines(session: Session) -> Language:
    """Returns the language in which the lines of ``session`` were heard; somebody may have chosen another one since."""
    heard = (
        Segment.objects.filter(session=session, run__isnull=False)
        .values_list("run__inputs", flat=True)
        .first()
    )
    return cast(Language, (heard or {}).get("language", session.language))


def label_lines(
    session: Session, chosen: ChosenClassifier, segments: list[Segment], on_progress: OnProgress
) -> Labelled:
    """Labels those of the session's lines that are in ``segments``, and stores the labels as they come.

    Args:
        session: of which the lines are.
        chosen: what judges.
        segments: which lines to judge; the others only give context, with the labels that they have.
        on_progress: raising from it stops the work; what is stored stays.
    """
    if chosen.by == LabelBy.MODEL and session.campaign.language_model_allowed:
        on_progress = _while_allowed(session, on_progress)
    everything = lines_to_judge(session)
    wanted = {segment.pk for segment in segments}
    spoken = spoken_lines(session, everything)
    cast_list = cast_of(session.campaign)
    said, count = "", 0
    for first, stop in _stretches(len(everything), chosen.by):
        before = max(0, first - CONTEXT) if chosen.by == LabelBy.MODEL else first
        shown = [
            line if index >= first and everything[index].pk in wanted else _settled(line, everything[index])
            for index, line in enumerate(spoken[before:stop], start=before)
        ]
        if all(line.said is not None for line in shown[first - before :]):
            continue
        try:
            verdicts = chosen.classifier.classify(
                shown, cast_list, _shifted(on_progress, before, len(everything))
            )
        except Withdrawn:
            said = WITHDRAWN
            break
        asked = [
            (everything[index], verdict)
            for index, verdict in enumerate(verdicts, start=before)
            if index >= first and everything[index].pk in wanted
        ]
        count += len(asked)
        store_labels(session, [line for line, _ in asked], [verdict for _, verdict in asked], chosen.by)
        trouble = chosen.trouble()
        said = trouble.message if trouble else said
        if trouble and trouble.gave_up:
            break
    unlabelled = Segment.objects.filter(session=session, label="").exclude(text="").count()
    return Labelled(len(everything), unlabelled, count, said)


def _stretches(lines: int, by: LabelBy) -> Iterator[tuple[int, int]]:
    size = STRETCH if by == LabelBy.MODEL else max(1, lines)
    for first in range(0, lines, size):
        yield first, min(lines, first + size)


def _settled(line: SpokenLine, segment: Segment) -> SpokenLine:
    """Returns ``line`` with the label that it has, as something that is not asked."""
    known: Verdict | None = line.said or verdict_of(segment)
    return replace(line, said=known)


def _while_allowed(session: Session, on_progress: OnProgress) -> OnProgress:
    """Returns ``on_progress`` that also stops the asking as soon as the owner takes back that lines may be sent."""
    allowed = Campaign.objects.filter(pk=session.campaign_id, language_model_allowed=True)

    def report(stage: str, done: int, total: int) -> None:
        if not allowed.exists():
            raise Withdrawn
        on_progress(stage, done, total)

    return report


def _shifted(on_progress: OnProgress, first: int, total: int) -> OnProgress:
    def report(stage: str, done: int, of: int) -> None:
        on_progress(stage, min(total, first + done), total)

    return report
