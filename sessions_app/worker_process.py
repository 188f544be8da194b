"""A worker process: an RQ worker that keeps its models in memory, outlives Redis, and ends within seconds when told."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator

import django_rq
from django.db import connection
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from rq.timeouts import TimerDeathPenalty

from sessions_app import jobs
from sessions_app.errands.asking import give_back_all as give_back_errands
from sessions_app.runs.claiming import give_back_all, worker_name
from sessions_app.runs.tickets import QUEUE

logger = logging.getLogger(__name__)

SIGN_OF_LIFE_S = 30.0
PATIENCE_S = 3.0
"""How long a stage that was told to stop may take to come back before its process ends without it."""


class TicketWorker(SimpleWorker):
    """RQ's worker without a fork per job: the next task finds the models loaded."""

    death_penalty_class = TimerDeathPenalty  # takes "no timeout" (-1) for what it says, without a signal
    max_connection_wait_time = 5.0

    def _install_signal_handlers(self) -> None:
        """Leaves signals to :func:`end_when_told`: a handler would wait until foreign code comes back."""

    def subscribe(self) -> None:
        """Takes no commands over Redis; what people cancel is in the database."""

    def unsubscribe(self) -> None:
        """Has nothing to end."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Runs the job in this process, telling Redis meanwhile that it goes on."""
        execution = self.prepare_execution(job)
        with self._telling(job, execution):
            self.perform_job(job, queue, execution)
        self.set_state("idle")

    @contextlib.contextmanager
    def _telling(self, job: Job, execution: Execution) -> Iterator[None]:
        ended = threading.Event()

        def tell() -> None:
            while not ended.wait(SIGN_OF_LIFE_S):
                with contextlib.suppress(RedisError):
                    self.maintain_heartbeats(job, execution)

        thread = threading.Thread(target=tell, name="ticket", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def run() -> None:
    """Works until the process is told to end; a Redis that is gone is waited for."""
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # before any other thread is started, which inherits it
    threading.Thread(target=end_when_told, args=(signals,), name="signals", daemon=True).start()
    while not jobs.STOPPING.is_set():
        try:
            queue = django_rq.get_queue(QUEUE)
            TicketWorker([queue], connection=queue.connection).work(logging_level="WARNING")
        except RedisError as error:
            logger.warning("Redis does not answer, trying again: %r", error)
        if not jobs.STOPPING.wait(1.0):
            continue


def end_when_told(signals: set[signal.Signals]) -> None:
    """Waits for a signal, lets the stage in hand stop, gives back what is left, and ends the process.

    This thread gets the signal even while the main one sits in foreign code, which Python's handlers do not.
    """
    signal.sigwait(signals)
    jobs.STOPPING.set()
    deadline = time.monotonic() + PATIENCE_S
    while jobs.BUSY.is_set() and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        give_back_all(worker_name())
        give_back_errands(worker_name())
        connection.close()
    finally:
        os._exit(0)
