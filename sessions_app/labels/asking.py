"""Asks workers to label lines, or to learn from corrections; :mod:`sessions_app.labels.errands` does it.

>>> errand = ask_to_label(session, owner, everything=False)
>>> errand.kind, errand.is_active
(ErrandKind.LABEL, True)
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from sessions_app.errands.asking import start
from sessions_app.models import Campaign, Errand, ErrandKind, LearntLabels, Session, State, User

QUIET = timedelta(seconds=45)
"""After the last correction; who corrects one line after the other is not disturbed by a new model after each."""


def ask_to_label(session: Session, user: User | None, *, everything: bool) -> Errand:
    """Has the lines of ``session`` labelled, those without a label or all that no person labelled.

    What waits already is not asked for twice, nor by people what is under way, which may cost money; but what was
    learnt meanwhile counts only for what begins after it.
    """
    asked = Errand.objects.active() if user else Errand.objects.waiting()
    for errand in asked.filter(session=session, kind=ErrandKind.LABEL):
        if errand.inputs.get("everything") or not everything:
            return errand
    return start(ErrandKind.LABEL, session.campaign, session, user, {"everything": everything})


def corrections_changed(session: Session) -> None:
    """Takes note that people labelled lines of ``session``, to learn from it before long."""
    LearntLabels.objects.update_or_create(
        campaign=session.campaign, language=session.language, defaults={"corrected_at": timezone.now()}
    )


def learn_when_quiet() -> None:
    """Has the classifier learn where people corrected lines and then let some time go by."""
    changed = LearntLabels.objects.filter(corrected_at__lt=timezone.now() - QUIET)
    for row in changed.filter(Q(tried_at=None) | Q(tried_at__lt=F("corrected_at"))).select_related(
        "campaign"
    ):
        if not _failed_since(row):
            ask_to_learn(row.campaign, row.language)


def _failed_since(row: LearntLabels) -> bool:
    """Whether learning was tried with the corrections of now and failed; the same would fail again at once."""
    failed = Errand.objects.filter(campaign=row.campaign, kind=ErrandKind.LEARN, state=State.FAILED)
    return bool(failed.filter(inputs__language=row.language, created_at__gt=row.corrected_at).exists())


def ask_to_learn(campaign: Campaign, language: str) -> None:
    """Has the classifier of ``campaign`` learn, unless that waits already or goes on."""
    known = Errand.objects.filter(campaign=campaign, kind=ErrandKind.LEARN, inputs__language=language)
    if not known.active().exists():
        start(ErrandKind.LEARN, campaign, None, None, {"language": language})
