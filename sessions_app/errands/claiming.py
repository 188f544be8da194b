"""Who does which errand: claimed, kept alive, finished, failed or given back by conditional updates of its row.

As with the tasks of Runs, each changes the row only if it still is as its worker left it; 0 rows changed means that
somebody else came first, and that what was made must be thrown away.

>>> claim("here:1") is None  # nothing waits
True
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from engine.errors import EngineError
from sessions_app.models import Campaign, Errand, State
from sessions_app.runs.claiming import UNEXPECTED
from sessions_app.runs.work import ClaimLost

MOST_ATTEMPTS = 3
"""A task whose worker died this often is poisonous and given up."""

TOLD_EVERY_S = 0.5
"""Progress is written down no more often than this."""


def claim(worker: str) -> Errand | None:
    """Takes the task that waits longest, or returns None where none waits."""
    while True:
        task = Errand.objects.waiting().select_related("campaign", "session", "user").first()
        if task is None:
            return None
        taken = (
            Errand.objects.waiting()
            .filter(pk=task.pk, attempts=task.attempts)
            .update(
                state=State.RUNNING,
                worker=worker,
                attempts=task.attempts + 1,
                heartbeat_at=timezone.now(),
                done=0,
                total=0,
                message="",
                detail="",
            )
        )
        if taken:
            task.state, task.worker, task.attempts = State.RUNNING, worker, task.attempts + 1
            task.done = task.total = 0
            return task


def keep(task: Errand) -> bool:
    """Gives a sign of life with the progress made; False when the task is this worker's no more."""
    return bool(_held(task).update(heartbeat_at=timezone.now(), done=task.done, total=task.total))


def tell(task: Errand, done: int, total: int) -> None:
    """Takes note of progress; procedures call it as often as they like.

    Raises:
        ClaimLost: the task is this worker's no more; what was made is to be thrown away.
    """
    task.done, task.total = done, total
    now = time.monotonic()
    if now - getattr(task, "_told_at", -TOLD_EVERY_S) < TOLD_EVERY_S:
        return
    task._told_at = now  # type: ignore[attr-defined]
    if not keep(task):
        raise ClaimLost


@contextmanager
def finishing(task: Errand) -> Iterator[dict[str, Any]]:
    """Runs the block in which a procedure stores what it made, and marks the task as done with it or not at all.

    In one transaction, so that a worker killed at any moment leaves nothing that would be done twice. What the block
    puts into the yielded dictionary becomes the task's result. The campaign is held before the task, as by those who
    forget a voice and with it what is being learnt of it: nobody waits for each other.

    Raises:
        ClaimLost: the task is this worker's no more; nothing is stored.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").filter(pk=task.campaign_id).first()
        if not _held(task).select_for_update().exists():
            raise ClaimLost
        result: dict[str, Any] = {}
        yield result
        if not finish(task, result):
            raise ClaimLost
    task.state = State.DONE


def finish(task: Errand, result: dict[str, Any]) -> bool:
    """Marks the task as done; False when it is this worker's no more, or done already."""
    return bool(_held(task).update(state=State.DONE, result=result, finished_at=timezone.now()))


def fail(task: Errand, error: BaseException) -> None:
    """Fails the task with what ``error`` says to people and to operators."""
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, EngineError):
        give_up(
            task, error.message, "\n".join(filter(None, (error.detail, trace))), retryable=error.retryable
        )
    else:
        give_up(task, UNEXPECTED, trace, retryable=True)


def give_up(task: Errand, message: str, detail: str, *, retryable: bool) -> None:
    """Fails the task, unless it is its worker's no more."""
    _held(task).update(
        state=State.FAILED, message=message, detail=detail, retryable=retryable, finished_at=timezone.now()
    )


def give_back(task: Errand) -> None:
    """Puts a task back unfinished, for another worker to take, as if it had not been tried."""
    _held(task).update(state=State.WAITING, worker="", attempts=task.attempts - 1, heartbeat_at=None)


def take_away(task: Errand, poisonous: str) -> None:
    """Frees a task whose worker is gone; one whose workers keep dying fails with the words of ``poisonous``."""
    if task.attempts >= MOST_ATTEMPTS:
        detail = f"{task.attempts} attempts; the last worker was {task.worker}"
        give_up(task, poisonous, detail, retryable=True)
    else:
        _held(task).update(state=State.WAITING, worker="", heartbeat_at=None)


def _held(task: Errand) -> models.QuerySet[Errand]:
    held: models.QuerySet[Errand] = Errand.objects.filter(
        pk=task.pk, state=State.RUNNING, worker=task.worker, attempts=task.attempts
    )
    return held
