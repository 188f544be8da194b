"""Sets right what deaths left behind: tasks without a worker, tasks without a ticket, Runs that nobody closed.

>>> from sessions_app.runs.claiming import worker_name
>>> is_dead_here(worker_name())
False
"""

from __future__ import annotations

import logging
import os
import socket

from sessions_app.models import Run, Task
from sessions_app.runs import tickets
from sessions_app.runs.claiming import take_away
from sessions_app.runs.graph import advance

logger = logging.getLogger(__name__)

GONE_S = 25.0
"""A worker that gave no sign of life for so long is taken for dead, wherever it runs."""
BURIED_S = 5.0
"""On this machine it is enough to find, after this long, that its process is no more."""


def reconcile() -> None:
    """Compares the rows with what there is, and mends the difference; safe to run anywhere at any time."""
    free_abandoned_tasks()
    for run in Run.objects.active():
        advance(run)
    tickets.issue_missing(Task.objects.ready().count())


def free_abandoned_tasks() -> None:
    """Takes tasks away from workers that died with them in hand."""
    for task in Task.objects.quiet_since(BURIED_S).select_related("stage__run__session"):
        if is_dead_here(task.worker) or Task.objects.filter(pk=task.pk).quiet_since(GONE_S).exists():
            logger.warning("%s of run %s: worker %s is gone", task, task.stage.run.uuid, task.worker)
            take_away(task)


def is_dead_here(worker: str) -> bool:
    """Returns whether ``worker`` was a process of this machine that is no more."""
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
