"""The row of a capture that is being received: it follows the file, which is the truth, by a few seconds."""

from __future__ import annotations

import logging
import time

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from realtime_app.captures.audio_file import CaptureBusy, CaptureFile
from realtime_app.captures.over import TRY_AGAIN, Over, refused
from realtime_app.captures.reopening import reopen
from realtime_app.captures.tokens import may_record
from realtime_app.models import Capture, CaptureState

logger = logging.getLogger(__name__)

STORE_EVERY_S = 3.0
RIGHTS_EVERY_S = 10.0


class CaptureRow:
    """Stores how much of ``capture`` is held, and asks whether it may still be recorded, each now and then.

    >>> from unittest.mock import Mock
    >>> from asgiref.sync import async_to_sync
    >>> capture = Capture.objects.create(session=session)
    >>> async_to_sync(CaptureRow(capture).store)(Mock(held=16_000, gaps=[]), state=CaptureState.PAUSED)
    >>> capture.refresh_from_db()
    >>> capture.held_ms, capture.get_state_display()
    (1000, 'paused')
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._stored_at = self._allowed_at = 0.0

    async def keep(self, file: CaptureFile) -> None:
        """Does what is due; a database that does not answer is logged and costs no sound.

        Raises:
            Over: this may not be recorded any more.
            DiskFull: the capture was taken for over, and its recording can't be fetched back.
        """
        now = time.monotonic()
        try:
            if now - self._allowed_at > RIGHTS_EVERY_S:
                if not await database_sync_to_async(may_record)(self._capture):
                    raise refused()
                self._allowed_at = now
            if now - self._stored_at > STORE_EVERY_S:
                self._stored_at = now
                await self.store(file)
        except DatabaseError:
            self._is_behind()

    async def store(self, file: CaptureFile, **fields: object) -> None:
        """Stores what ``file`` holds, and ``fields``; one that was taken for over goes on, since its device is here."""
        if not await database_sync_to_async(self._update)(file, **fields):
            await self.reopen()
            await database_sync_to_async(self._update)(file, **fields)

    async def store_last(self, file: CaptureFile) -> None:
        """Stores what ``file`` holds before it is closed, where the capture is not over already."""
        self._capture.held = file.held
        try:
            await database_sync_to_async(self._update)(file)
        except DatabaseError:
            self._is_behind()

    async def reopen(self) -> None:
        """Makes a capture that was over receive again.

        Raises:
            Over: that can't be, or not yet.
            DiskFull: its recording can't be fetched back.
        """
        try:
            is_possible = await database_sync_to_async(reopen)(self._capture)
        except CaptureBusy:
            raise Over(TRY_AGAIN, "busy", "") from None
        if not is_possible:
            raise refused()
        self._capture.state = CaptureState.RECORDING

    def _update(self, file: CaptureFile, **fields: object) -> bool:
        rows = Capture.objects.open().filter(pk=self._capture.pk)
        return bool(rows.update(held=file.held, gaps=file.gaps, heard_at=timezone.now(), **fields))

    def _is_behind(self) -> None:
        logger.exception("Capture %s: its row is behind its file", self._capture.uuid)
