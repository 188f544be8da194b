"""What the page of a session tells about its labels: how many lines have one, who gave them, what is going on.

>>> panel = labels_panel(session)
>>> panel.lines, panel.unlabelled
(12, 12)
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from scribe_site.config import get_config
from sessions_app.models import (
    Errand,
    ErrandKind,
    Label,
    LabelBy,
    LearntLabels,
    Segment,
    Session,
    StageName,
    State,
)
from sessions_app.models.run import StageResult


@dataclass(frozen=True, slots=True)
class LabelsPanel:
    """What the panel shows.

    Attributes:
        session: whose page it is on.
        lines: how many lines hold words.
        story: how many of them are in character.
        table: how many are out of character.
        mixed: how many are both.
        by_people: how many people labelled.
        by_model: how many a language model labelled.
        trouble: what kept the last labelling from judging every line; empty where nothing did, or all have one by now.
        errand: labelling that waits, is under way or failed; None where nobody asks for any.
        asks_model: whether labelling again would ask a language model.
        learnt: what the built-in classifier has learnt of this campaign, if it tried.
    """

    session: Session
    lines: int
    story: int
    table: int
    mixed: int
    by_people: int
    by_model: int
    trouble: str
    errand: Errand | None
    asks_model: bool
    learnt: LearntLabels | None

    @property
    def unlabelled(self) -> int:
        """How many lines have no label."""
        return self.lines - self.story - self.table - self.mixed

    @property
    def model(self) -> str:
        """The language model that is set up."""
        return get_config().llm_model

    @property
    def host(self) -> str:
        """Where it runs."""
        return get_config().llm_host

    @property
    def story_percent(self) -> int:
        """Share of the labelled lines that belong to the story, or partly do."""
        labelled = self.lines - self.unlabelled
        return round(100 * (self.story + self.mixed) / labelled) if labelled else 0

    @property
    def percent(self) -> int | None:
        """How far the labelling is that goes on."""
        errand = self.errand
        return 100 * errand.done // errand.total if errand and errand.total else None


def labels_panel(session: Session) -> LabelsPanel:
    """Returns what there is to tell about the labels of ``session``."""
    counts = (
        Segment.objects.filter(session=session)
        .exclude(text="")
        .aggregate(
            lines=Count("pk"),
            story=Count("pk", filter=Q(label=Label.IC)),
            table=Count("pk", filter=Q(label=Label.OOC)),
            mixed=Count("pk", filter=Q(label=Label.MIXED)),
            by_people=Count("pk", filter=Q(label_by=LabelBy.PERSON)),
            by_model=Count("pk", filter=Q(label_by=LabelBy.MODEL)),
        )
    )
    errand = Errand.objects.filter(session=session, kind=ErrandKind.LABEL).first()
    has_gaps = counts["story"] + counts["table"] + counts["mixed"] < counts["lines"]
    return LabelsPanel(
        session=session,
        trouble=_trouble(session, errand) if has_gaps else "",
        errand=errand if errand and (errand.is_active or errand.state == State.FAILED) else None,
        asks_model=asks_model(session),
        learnt=LearntLabels.objects.filter(campaign=session.campaign_id, language=session.language)
        .exclude(tried_at=None)
        .first(),
        **counts,
    )


def asks_model(session: Session) -> bool:
    """Returns whether a language model labels the lines of ``session``: one is set up, and may be asked."""
    config = get_config()
    return bool(config.llm_url) and (not config.llm_is_remote or session.campaign.language_model_allowed)


def _trouble(session: Session, errand: Errand | None) -> str:
    """Returns what the last labelling, asked for by itself or within a Run, could not do."""
    if errand is not None and errand.state == State.DONE:
        return str(errand.result.get("trouble", ""))
    result = (
        StageResult.objects.filter(session=session, stage=StageName.CLASSIFY).order_by("-created_at").first()
    )
    return str(result.payload.get("trouble", "")) if result else ""
