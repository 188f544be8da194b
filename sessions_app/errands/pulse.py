"""Stands beside a errand in a worker's hands and gives signs of life, whatever the work itself is busy with."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

from django.db import DatabaseError, connection

from sessions_app.errands.claiming import keep
from sessions_app.models import Errand

logger = logging.getLogger(__name__)

BEAT_S = 1.0


class Pulse:
    """Keeps the claim on ``task`` while its block runs."""

    def __init__(self, task: Errand, beat_s: float = BEAT_S) -> None:
        self._task, self._beat_s = task, beat_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"pulse of errand {task.pk}", daemon=True)

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._ended.wait(self._beat_s):
                try:
                    if not keep(self._task):
                        return
                except DatabaseError as error:
                    logger.warning("A sign of life was not written: %r", error)
        finally:
            connection.close()
