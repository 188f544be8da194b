"""What a worker does between the tasks of Runs: the errands that wait, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError

from sessions_app.errands.claiming import claim, fail, finish, keep
from sessions_app.models import Errand, ErrandKind
from sessions_app.pulse import Pulse
from sessions_app.runs.engine import Engine
from sessions_app.runs.work import ClaimLost

logger = logging.getLogger(__name__)

Procedure = Callable[[Errand, Engine], None]

PROCEDURES: dict[ErrandKind, Procedure] = {}


def register(kind: ErrandKind, procedure: Procedure) -> None:
    """Says how errands of ``kind`` are done; called once for each, while Django starts."""
    PROCEDURES[kind] = procedure


def work(engine: Engine, worker: str) -> int:
    """Does the tasks that wait; returns how many. Nothing that goes wrong stops the worker.

    >>> from sessions_app.clips.choice import ClipChoice
    >>> inputs = {"choice": ClipChoice().to_json()}
    >>> errand = Errand.objects.create(campaign=campaign, session=session, kind=ErrandKind.CLIPS, inputs=inputs)
    >>> work(engine=None, worker="worker-1")
    1
    >>> errand.refresh_from_db()
    >>> errand.state, errand.message
    ('failed', 'The session has no sound to cut clips from.')
    """
    taken = 0
    try:
        while (task := claim(worker)) is not None:
            taken += 1
            perform(task, engine)
    except (OperationalError, InterfaceError):
        logger.exception("The database did not answer; the reconciler will find the errand")
    return taken


def perform(task: Errand, engine: Engine) -> None:
    """Does one claimed task; its row says afterwards how it ended."""
    try:
        with Pulse(f"pulse of errand {task.pk}", lambda: keep(task)):
            PROCEDURES[ErrandKind(task.kind)](task, engine)
            finish(task, {})  # changes nothing where the procedure did so itself
    except ClaimLost:
        logger.info("Errand %s (%s): somebody else has it", task.uuid, task)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("Errand %s (%s): failed", task.uuid, task)
        fail(task, error)
    else:
        logger.info("Errand %s (%s): done", task.uuid, task)
