"""A worker's day: take the task whose turn it is, do it or find it done already, and take the next."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections

from sessions_app.errands.working import work as run_errands
from sessions_app.models import StageName, StageResult, Task
from sessions_app.runs.claiming import claim, fail, finish, give_back
from sessions_app.runs.engine import Engine
from sessions_app.runs.inputs import RunInputs
from sessions_app.runs.stages import PROCEDURES
from sessions_app.runs.watch import Watch
from sessions_app.runs.work import ClaimLost, Work
from sessions_app.voice_book import voice_book

logger = logging.getLogger(__name__)

NEVER = threading.Event()


def work(engine: Engine, worker: str, stopping: threading.Event = NEVER) -> int:
    """Does tasks until none is ready or the process is to end; returns how many were taken.

    >>> stopping = threading.Event()
    >>> stopping.set()
    >>> work(engine=None, worker="worker-1", stopping=stopping)
    0
    """
    taken = 0
    while not stopping.is_set():
        close_old_connections()
        voice_book().work(engine, worker)
        run_errands(engine, worker)
        task = claim(worker)
        if task is None:
            break
        taken += 1
        perform(task, engine, stopping)
    return taken


def perform(
    task: Task, engine: Engine, stopping: threading.Event = NEVER, watch: Callable[..., Watch] = Watch
) -> None:
    """Does one claimed task; whatever happens, its row says afterwards how it ended."""
    logger.info("%s of run %s: begun", task, task.stage.run.uuid)
    try:
        with watch(task, stopping=stopping) as watching:
            work_in_hand = Work(
                task, RunInputs.from_json(task.stage.run.inputs), engine, watching.on_progress
            )
            fingerprint, payload, reused = _result(work_in_hand)
            finish(task, fingerprint, payload, reused=reused)
    except ClaimLost:
        give_back(task)  # changes nothing unless the process is ending with the claim still its own
        logger.info("%s of run %s: stopped", task, task.stage.run.uuid)
    except (OperationalError, InterfaceError):
        logger.exception("%s: the database did not answer; the reconciler will find the task", task)
    except Exception as error:
        logger.exception("%s of run %s: failed", task, task.stage.run.uuid)
        fail(task, error)
    else:
        logger.info("%s of run %s: %s", task, task.stage.run.uuid, "unchanged" if reused else "done")


def _result(work: Work) -> tuple[str, dict[str, object], bool]:
    """Returns the task's fingerprint and result, and whether an earlier Run had made it."""
    stage = StageName(work.task.stage.name)
    procedure = PROCEDURES[stage]
    fingerprint = procedure.fingerprint(work)
    kept = StageResult.objects.filter(session=work.session, stage=stage, fingerprint=fingerprint).first()
    if kept is not None and procedure.still_stands(work, kept.payload):
        return fingerprint, kept.payload, True
    return fingerprint, procedure.perform(work), False
