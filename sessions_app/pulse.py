"""Signs of life for what a worker has in hand, whatever the work itself is busy with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

BEAT_S = 1.0


class Pulse:
    """Gives a sign of life at every beat, on a thread of its own, while its block runs.

    Args:
        name: of the thread.
        keep: gives a sign of life; returns False where the claim is lost, and is then not called again.
        beat_s: seconds from one sign to the next.

    Example:
        >>> with Pulse("an example", keep=lambda: True):
        ...     pass
    """

    def __init__(self, name: str, keep: Callable[[], bool], *, beat_s: float = BEAT_S) -> None:
        self._keep, self._beat_s = keep, beat_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._stand, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _stand(self) -> None:
        try:
            while not self._ended.wait(self._beat_s):
                if not self._beat():
                    self._on_lost()
                    return
        finally:
            connection.close()

    def _beat(self) -> bool:
        try:
            return self._keep()
        except DatabaseError as error:
            logger.warning("A sign of life was not written: %r", error)
            return True

    def _on_lost(self) -> None:
        """Does what is to be done once the claim is lost; here nothing, as the work finds out by itself."""
