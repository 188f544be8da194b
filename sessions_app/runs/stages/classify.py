"""classify: which lines belong to the story; lines that can't be judged now stay unlabelled, and the Run goes on."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from engine.config import fingerprint as fingerprint_of
from sessions_app.labels.labelling import choose_classifier, label_lines
from sessions_app.models import Errand, ErrandKind, LabelBy, Segment, StageName, State
from sessions_app.runs import notices
from sessions_app.runs.work import Json, Work

REVISION = 1


def fingerprint(work: Work) -> str:
    """Depends on what is stored and on what judges it."""
    chosen = choose_classifier(work.session, work.engine)
    return fingerprint_of(
        "classify", REVISION, work.fingerprint_of(StageName.STORE), chosen.classifier.classifier_id
    )


def still_stands(work: Work, payload: Json) -> bool:
    """Whether every line with words has a label still: storing lines again takes those of the machine away.

    >>> from types import SimpleNamespace
    >>> work = SimpleNamespace(session=session)
    >>> still_stands(work, {})
    False
    >>> session.segments.update(label="IC")
    12
    >>> still_stands(work, {})
    True
    """
    return not Segment.objects.filter(session=work.session, label="").exclude(text="").exists()


def perform(work: Work) -> Json:
    """Labels the lines; a language model, which may cost money, is not asked about those that it labelled already."""
    asked_for = Errand.objects.active().filter(session=work.session, kind=ErrandKind.LABEL)
    asked_for.update(state=State.CANCELLED, finished_at=timezone.now())  # this does it
    chosen = choose_classifier(work.session, work.engine)
    lines = Segment.objects.filter(session=work.session).exclude(text="")
    if chosen.by == LabelBy.MODEL:
        lines = lines.exclude(label_by=LabelBy.MODEL)
    done = label_lines(work.session, chosen, list(lines.only("pk")), work.on_progress)
    notices.transcript_changed(work.session)
    return asdict(done) | {"by": chosen.by}
