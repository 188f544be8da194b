"""Stands beside a worker's task: gives signs of life, tells its progress, and stops it when it is cancelled."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from types import TracebackType

from django.db import DatabaseError, connection

from sessions_app.models import Task
from sessions_app.runs import notices
from sessions_app.runs.claiming import keep
from sessions_app.runs.work import ClaimLost

logger = logging.getLogger(__name__)

BEAT_S = 1.0
GRACE_S = 2.5
"""A stage that does not come back this long after its claim is lost sits in foreign code; the process then ends."""

EXIT_STUCK = 70


class Watch:
    """Keeps the claim on ``task`` while its block runs.

    Args:
        task: the claimed task.
        leave: ends the process, at once and without cleaning up, when the stage can't be stopped otherwise.
        stopping: set when the process is to end; the stage is then stopped like a cancelled one.
    """

    def __init__(
        self,
        task: Task,
        *,
        stopping: threading.Event,
        leave: Callable[[int], object] = os._exit,
        beat_s: float = BEAT_S,
        grace_s: float = GRACE_S,
    ) -> None:
        self._task, self._stopping, self._leave = task, stopping, leave
        self._beat_s, self._grace_s = beat_s, grace_s
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._progress = ("", 0, 0)
        self._thread = threading.Thread(target=self._stand, name=f"watch task {task.pk}", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def on_progress(self, activity: str, done: int, total: int) -> None:
        """Takes note of progress, to be written down at the next beat.

        Raises:
            ClaimLost: the work must stop.
        """
        self._progress = (activity, done, total)
        if self._lost.is_set() or self._stopping.is_set():
            raise ClaimLost

    def _stand(self) -> None:
        told = self._progress
        try:
            while not self._ended.wait(self._beat_s):
                progress = self._progress
                if not self._beat(progress):
                    self._lost.set()
                    self._insist()
                    return
                if progress != told:
                    told = progress
                    notices.run_changed(self._task.stage.run.session)
        finally:
            connection.close()

    def _beat(self, progress: tuple[str, int, int]) -> bool:
        try:
            return keep(self._task, *progress)
        except DatabaseError as error:
            logger.warning("A sign of life was not written: %r", error)
            return True

    def _insist(self) -> None:
        if not self._ended.wait(self._grace_s):
            logger.warning("%s was cancelled and does not stop; this worker ends.", self._task)
            self._leave(EXIT_STUCK)
