"""What a worker does between the tasks of Runs: the voice tasks that wait, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError

from sessions_app.runs.engine import Engine
from sessions_app.runs.work import ClaimLost
from speakers_app.models import TaskKind, VoiceTask
from speakers_app.tasks.claiming import claim, fail, finish
from speakers_app.tasks.embed import embed
from speakers_app.tasks.enrol import enrol
from speakers_app.tasks.pulse import Pulse
from speakers_app.tasks.split import split

logger = logging.getLogger(__name__)

Procedure = Callable[[VoiceTask, Engine], None]

PROCEDURES: dict[TaskKind, Procedure] = {
    TaskKind.SPLIT: split,
    TaskKind.ENROL: enrol,
    TaskKind.EMBED: embed,
}


def work(engine: Engine, worker: str) -> int:
    """Does the tasks that wait; returns how many. Nothing that goes wrong stops the worker."""
    taken = 0
    try:
        while (task := claim(worker)) is not None:
            taken += 1
            perform(task, engine)
    except (OperationalError, InterfaceError):
        logger.exception("The database did not answer; the reconciler will find the voice task")
    return taken


def perform(task: VoiceTask, engine: Engine) -> None:
    """Does one claimed task; its row says afterwards how it ended."""
    try:
        with Pulse(task):
            PROCEDURES[TaskKind(task.kind)](task, engine)
            finish(task, {})  # changes nothing where the procedure did so itself
    except ClaimLost:
        logger.info("Voice task %s (%s): somebody else has it", task.uuid, task)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("Voice task %s (%s): failed", task.uuid, task)
        fail(task, error)
    else:
        logger.info("Voice task %s (%s): done", task.uuid, task)
