"""Who does what: a task is claimed, kept alive, finished, failed or given back by conditional updates of its row.

Each of these changes the row only if it still is as its worker left it; 0 rows changed means that another worker, the
reconciler or somebody's cancel came first, and that what was made must be thrown away.

>>> claim(worker_name()) is None  # nothing waits
True
"""

from __future__ import annotations

import os
import socket
import traceback
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from engine.errors import EngineError
from sessions_app.models import Run, Stage, StageResult, State, Task
from sessions_app.runs import notices
from sessions_app.runs.graph import advance
from sessions_app.runs.work import ClaimLost

MOST_ATTEMPTS = 5
"""A task whose worker died this often is poisonous and given up."""

POISONOUS = gettext_noop(
    "The program that did this broke off several times without a message. The recording may be damaged, "
    "or the machine has too little memory for it."
)
UNEXPECTED = gettext_noop("Something went wrong that Scribe did not expect. Trying again may help.")


def worker_name() -> str:
    """Returns the name of this process: its machine and its number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def claim(worker: str) -> Task | None:
    """Takes the ready task whose turn it is, or returns None where there is none."""
    while True:
        task = Task.objects.ready().fairly().select_related("stage__run__session").first()
        if task is None:
            return None
        with transaction.atomic():
            if _take(task, worker):
                return task


def _take(task: Task, worker: str) -> bool:
    now = timezone.now()
    _lock(task)
    taken = (
        Task.objects.ready()
        .filter(pk=task.pk, attempts=task.attempts)
        .update(
            state=State.RUNNING,
            worker=worker,
            attempts=task.attempts + 1,
            heartbeat_at=now,
            started_at=now,
            done=0,
            total=0,
        )
    )
    if not taken:
        return False
    task.state, task.worker, task.attempts = State.RUNNING, worker, task.attempts + 1
    run = task.stage.run
    Run.objects.filter(pk=run.pk).update(state=State.RUNNING, served_at=now)
    Run.objects.filter(pk=run.pk, started_at=None).update(started_at=now)
    Stage.objects.filter(pk=task.stage_id).update(state=State.RUNNING)
    Stage.objects.filter(pk=task.stage_id, started_at=None).update(started_at=now)
    notices.run_changed(run.session)
    return True


def _lock(task: Task) -> None:
    """Locks the task's Run for the transaction: Run before task, as everywhere, so that nobody waits for each other."""
    Run.objects.select_for_update().only("pk").filter(pk=task.stage.run_id).first()


def _held(task: Task) -> models.QuerySet[Task]:
    return Task.objects.filter(
        pk=task.pk,
        state=State.RUNNING,
        worker=task.worker,
        attempts=task.attempts,
        stage__run__state=State.RUNNING,
    )


def keep(task: Task, activity: str, done: int, total: int) -> bool:
    """Gives a sign of life with the progress made; False when the task is this worker's no more."""
    return bool(_held(task).update(heartbeat_at=timezone.now(), activity=activity, done=done, total=total))


def finish(task: Task, fingerprint: str, payload: Mapping[str, Any], *, reused: bool) -> None:
    """Keeps the task's result and moves the Run on.

    Raises:
        ClaimLost: the task is this worker's no more; nothing is kept.
    """
    session = task.stage.run.session
    with transaction.atomic():
        _lock(task)
        kept = _held(task).update(
            state=State.DONE, fingerprint=fingerprint, reused=reused, finished_at=timezone.now()
        )
        if not kept:
            raise ClaimLost
        if not reused:
            StageResult.objects.update_or_create(
                session=session, stage=task.stage.name, fingerprint=fingerprint, defaults={"payload": payload}
            )
        advance(task.stage.run)
        notices.run_changed(session)


def fail(task: Task, error: BaseException) -> None:
    """Fails the task's stage with what ``error`` says to people and to operators."""
    if isinstance(error, EngineError):
        message, detail = error.message, "\n".join(filter(None, (error.detail, _trace(error))))
        give_up(task, message, detail, retryable=error.retryable)
    else:
        give_up(task, UNEXPECTED, _trace(error), retryable=True)


def give_up(task: Task, message: str, detail: str, *, retryable: bool) -> None:
    """Fails the task and its stage, unless the task is its worker's no more; other branches of the Run go on."""
    now = timezone.now()
    with transaction.atomic():
        _lock(task)
        if not _held(task).update(state=State.FAILED, finished_at=now):
            return
        Stage.objects.filter(pk=task.stage_id).update(
            state=State.FAILED, message=message, detail=detail, retryable=retryable, finished_at=now
        )
        advance(task.stage.run)
        notices.run_changed(task.stage.run.session)


def give_back(task: Task) -> None:
    """Puts a task back unfinished, for another worker to take, as if it had not been tried."""
    _held(task).update(state=State.WAITING, worker="", attempts=task.attempts - 1, heartbeat_at=None)


def give_back_all(worker: str) -> None:
    """Puts back whatever ``worker`` has in hand; its process is about to end."""
    for task in Task.objects.filter(state=State.RUNNING, worker=worker).select_related("stage__run"):
        give_back(task)


def take_away(task: Task) -> None:
    """Frees a task whose worker is gone; one whose workers keep dying fails instead."""
    if task.attempts >= MOST_ATTEMPTS:
        give_up(
            task, POISONOUS, f"{task.attempts} attempts; the last worker was {task.worker}", retryable=True
        )
    else:
        _held(task).update(state=State.WAITING, worker="", heartbeat_at=None)


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
