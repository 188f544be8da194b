"""What comes of a capture, on its way to the disk: gathered, written in turn and made safe, and only then told of."""

from __future__ import annotations

import asyncio
import time

from realtime_app.captures.audio_file import CaptureBusy, CaptureFile
from realtime_app.captures.inbox import Inbox, Item
from realtime_app.captures.over import TRY_AGAIN, Over
from realtime_app.captures.row import CaptureRow
from realtime_app.models import Capture, CaptureState
from sessions_app.disk import DiskFull

TAKE_OVER_WITHIN_S = 8.0


class Reception:
    """Receives ``capture`` for one connection.

    Attributes:
        capture: its row, as far as this connection knows.
        lost_some: what was written was not made safe; its device is to send it again from what is held.

    >>> from asgiref.sync import async_to_sync
    >>> from realtime_app.captures.audio_file import remove_capture_files
    >>> from realtime_app.captures.inbox import Sound
    >>> async def receive(capture):
    ...     reception = Reception(capture)
    ...     await reception.open()
    ...     reception.put(Sound(0, pcm=bytes(32_000)))
    ...     await reception.write()
    ...     await reception.close()
    >>> capture = Capture.objects.create(session=session)
    >>> async_to_sync(receive)(capture)
    >>> Capture.objects.get(pk=capture.pk).held_ms
    1000
    >>> remove_capture_files(capture.uuid)
    """

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.lost_some = False
        self._row = CaptureRow(capture)
        self._inbox = Inbox()
        self._file: CaptureFile | None = None
        self._turn = asyncio.Lock()

    @property
    def held(self) -> int:
        """Samples that are safe on disk."""
        return self._file.held if self._file is not None else self.capture.held

    async def open(self) -> None:
        """Opens the file.

        A connection in another process lets go of it once it finds its client gone; the client tries again until then.

        Raises:
            Over: that connection did not let go in time.
        """
        deadline = time.monotonic() + TAKE_OVER_WITHIN_S
        while self._file is None:
            try:
                self._file = await asyncio.to_thread(CaptureFile, self.capture.uuid)
            except (CaptureBusy, DiskFull):
                if time.monotonic() > deadline:
                    raise Over(TRY_AGAIN, "busy", "") from None
                await asyncio.sleep(0.3)

    def put(self, item: Item) -> None:
        """Takes what is to be written.

        Raises:
            BadFrame: too much waits.
        """
        self._inbox.put(item)

    def forget(self) -> None:
        """Drops what is not written yet."""
        self._inbox.take()

    async def write(self) -> bool:
        """Puts on disk what came; returns whether something before it is missing.

        Raises:
            DiskFull: what could not be written is kept for the next try.
            Over: the capture was over, and can't go on.
        """
        async with self._turn:
            items = self._inbox.take()
            if not items or not await self._is_open_for(items):
                return False
            file = self._file
            assert file is not None
            writing = asyncio.to_thread(self._write_now, items, file)
            return await asyncio.shield(asyncio.ensure_future(writing))

    async def keep_row(self) -> None:
        """Has the row follow the file, where it is time for that.

        Raises:
            Over: this may not be recorded any more.
        """
        if self._file is not None:
            await self._row.keep(self._file)

    async def mark(self, state: CaptureState) -> bool:
        """Stores that the device pauses or goes on; False where the capture is over."""
        if self._file is None or not self.capture.is_open:
            return False
        await self._row.store(self._file, state=state)
        self.capture.state = state
        return True

    async def close(self) -> None:
        """Lets go of the file, so that somebody else can have it."""
        async with self._turn:
            file, self._file = self._file, None
            if file is not None:
                try:
                    await self._row.store_last(file)
                finally:
                    file.close()

    async def _is_open_for(self, items: list[Item]) -> bool:
        """Opens a capture that was over again, where its device has more than it holds."""
        if self._file is not None:
            return True
        if all(item.end <= self.capture.held for item in items):
            return False
        try:
            await self._row.reopen()
        except DiskFull:
            self._inbox.put_back(items)
            raise
        await self.open()
        return True

    def _write_now(self, items: list[Item], file: CaptureFile) -> bool:
        try:
            missing = self._inbox.write(items, file)
        except DiskFull:
            self._inbox.put_back(items)
            raise
        try:
            file.sync()
        except DiskFull:
            self.lost_some = True
            raise
        return missing
