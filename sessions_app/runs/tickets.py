"""Tickets: RQ jobs that each wake one worker, which then takes whatever task is ready from the database.

>>> from importlib import import_module
>>> module, name = JOB.rsplit(".", 1)
>>> callable(getattr(import_module(module), name))
True
"""

from __future__ import annotations

import logging
from functools import partial

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUEUE = "scribe"
JOB = "sessions_app.jobs.work"
MOST = 64
"""More sleeping workers than this need not be woken at once; each takes tasks until none is left."""


def issue(count: int) -> None:
    """Wakes up to ``count`` workers once the transaction is through.

    A ticket that Redis does not take is no loss: the reconciler issues another.
    """
    if count:
        transaction.on_commit(partial(_enqueue, min(count, MOST)))


def issue_missing(ready: int) -> None:
    """Tops up the tickets that wait in the queue to ``ready``, for example after Redis was restarted empty."""
    try:
        waiting = django_rq.get_queue(QUEUE).count
    except RedisError as error:
        logger.warning("Redis could not be asked for its tickets: %r", error)
        return
    issue(max(0, min(ready, MOST) - waiting))


def _enqueue(count: int) -> None:
    try:
        queue = django_rq.get_queue(QUEUE)
        for _ in range(count):
            queue.enqueue(JOB, result_ttl=0, failure_ttl=24 * 3600, job_timeout=-1)
    except RedisError as error:
        logger.warning("No ticket could be issued: %r", error)
