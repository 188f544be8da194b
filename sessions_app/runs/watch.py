"""Stands beside a worker's task: gives signs of life, tells its progress, and stops it when it is cancelled."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

from sessions_app.models import Task
from sessions_app.pulse import BEAT_S, Pulse
from sessions_app.runs import notices
from sessions_app.runs.claiming import keep
from sessions_app.runs.work import ClaimLost

logger = logging.getLogger(__name__)

GRACE_S = 2.5
"""A stage that does not come back this long after its claim is lost sits in foreign code; the process then ends."""

EXIT_STUCK = 70


class Watch(Pulse):
    """Keeps the claim on ``task`` while its block runs.

    Args:
        task: the claimed task.
        leave: ends the process, at once and without cleaning up, when the stage can't be stopped otherwise.
        stopping: set when the process is to end; the stage is then stopped like a cancelled one.

    >>> from sessions_app.models import State
    >>> task = Task(pk=7, state=State.RUNNING)
    >>> stopping = threading.Event()
    >>> watch = Watch(task, stopping=stopping)
    >>> stopping.set()
    >>> watch.on_progress("decode", 1, 4)
    Traceback (most recent call last):
        ...
    sessions_app.runs.work.ClaimLost
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
        super().__init__(f"watch task {task.pk}", self._tell, beat_s=beat_s)
        self._task, self._stopping, self._leave, self._grace_s = task, stopping, leave, grace_s
        self._lost = threading.Event()
        self._progress = self._told = ("", 0, 0)

    def on_progress(self, activity: str, done: int, total: int) -> None:
        """Takes note of progress, to be written down at the next beat.

        Raises:
            ClaimLost: the work must stop.
        """
        self._progress = (activity, done, total)
        if self._lost.is_set() or self._stopping.is_set():
            raise ClaimLost

    def _tell(self) -> bool:
        progress = self._progress
        if not keep(self._task, *progress):
            return False
        if progress != self._told:
            self._told = progress
            notices.run_changed(self._task.stage.run.session)
        return True

    def _on_lost(self) -> None:
        self._lost.set()
        if not self._ended.wait(self._grace_s):
            logger.warning("%s was cancelled and does not stop; this worker ends.", self._task)
            self._leave(EXIT_STUCK)
