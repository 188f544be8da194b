"""Errands: asked for on pages, done by workers (:mod:`sessions_app.errands`), tidied up by the reconciler.

>>> from sessions_app.models import ErrandKind
>>> errand = start(ErrandKind.SPLIT, campaign, session, owner, {})
>>> cancel(errand), cancel(errand)
(True, False)
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from sessions_app.errands.claiming import give_back, take_away
from sessions_app.models import Campaign, Errand, ErrandKind, Session, State, User
from sessions_app.runs import tickets
from sessions_app.runs.reconcile import BURIED_S, GONE_S, is_dead_here

logger = logging.getLogger(__name__)

KEPT = timedelta(days=1)
"""How long an ended task is remembered."""

POISONOUS = gettext_noop(
    "The program that did this broke off several times without a message. "
    "The machine may have too little memory for it."
)


def start(
    kind: ErrandKind, campaign: Campaign, session: Session | None, user: User | None, inputs: dict[str, Any]
) -> Errand:
    """Asks the workers to do something with voices, and wakes one."""
    task: Errand = Errand.objects.create(
        kind=kind, campaign=campaign, session=session, user=user, inputs=inputs
    )
    tickets.issue(1)
    return task


def try_again(task: Errand) -> bool:
    """Lets a failed task be done again; False where it is not failed any more, or trying again would not help."""
    waits = Errand.objects.filter(pk=task.pk, state=State.FAILED, retryable=True).update(
        state=State.WAITING, worker="", attempts=0, heartbeat_at=None, finished_at=None, message="", detail=""
    )
    if waits:
        tickets.issue(1)
    return bool(waits)


def cancel(errand: Errand) -> bool:
    """Ends an errand that waits or is under way; its worker stops at its next sign of life. False where it ended."""
    ended = Errand.objects.active().filter(pk=errand.pk)
    return bool(ended.update(state=State.CANCELLED, finished_at=timezone.now()))


def give_back_all(worker: str) -> None:
    """Puts back whatever ``worker`` has in hand; its process is about to end."""
    for task in Errand.objects.filter(state=State.RUNNING, worker=worker):
        give_back(task)


def tidy() -> None:
    """Frees the tasks of dead workers, replaces lost tickets and forgets what ended long ago."""
    for task in Errand.objects.quiet_since(BURIED_S):
        if is_dead_here(task.worker) or Errand.objects.filter(pk=task.pk).quiet_since(GONE_S).exists():
            logger.warning("Errand %s (%s): worker %s is gone", task.uuid, task, task.worker)
            take_away(task, POISONOUS)
    tickets.issue_missing(Errand.objects.waiting().count())
    Errand.objects.filter(finished_at__lt=timezone.now() - KEPT).delete()
