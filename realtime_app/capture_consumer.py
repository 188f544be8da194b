"""The socket over which a capture's audio comes: written to disk first, acknowledged after."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from typing import Any, ClassVar, cast
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone, translation

from engine.clock import SAMPLE_RATE
from engine.told import Told
from realtime_app.captures import ending, messages
from realtime_app.captures.audio_file import CaptureBusy, CaptureFile
from realtime_app.captures.beginning import TooMany, begin_capture
from realtime_app.captures.inbox import Inbox, Sound
from realtime_app.captures.protocol import (
    CLOSE_BAD_FRAME,
    CLOSE_EXPIRED,
    CLOSE_LIMIT,
    CLOSE_REFUSED,
    CLOSE_SUPERSEDED,
    BadFrame,
    FromServer,
    Refused,
    TooLong,
    unpack_frame,
)
from realtime_app.captures.reopening import reopen
from realtime_app.captures.tokens import (
    BadToken,
    ExpiredToken,
    capture_token,
    may_record,
    read_capture_token,
    read_session_token,
)
from realtime_app.live.publishing import captures_changed
from realtime_app.models import Capture, CaptureState
from realtime_app.readers import reader_of
from scribe_site.config import get_config
from sessions_app.disk import DiskFull
from sessions_app.told import in_words

logger = logging.getLogger(__name__)

HELLO_WITHIN_S = 10.0
WRITE_EVERY_S = 0.25
"""Sound is gathered for so long, then written, made safe and acknowledged at once."""
ROW_EVERY_S = 3.0
RIGHTS_EVERY_S = 10.0
QUIET_S = 20.0
"""A device that has nothing to send, because it pauses, is heard of at least this often all the same."""
DISK_AGAIN_S = 2.0
TAKE_OVER_WITHIN_S = 8.0
TRY_AGAIN = 1013
"""The close code by which a server asks to be called again later."""


class _Over(Exception):
    """The conversation ends: a close code, a reason for programs, a message for people."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        self.code, self.reason, self.message = code, reason, message
        super().__init__(reason)


def _refused() -> _Over:
    return _Over(CLOSE_REFUSED, "refused", Told("This recording is not possible here (any more)."))


class CaptureConsumer(AsyncWebsocketConsumer):
    """Receives one capture; see :mod:`realtime_app.captures.protocol`.

    ``receive`` only puts things into the inbox; a task of its own writes them, so that the disk keeps nobody waiting.
    """

    channel_layer_alias = "none"
    """It listens to no group: recording goes on when Redis does not."""
    here: ClassVar[dict[UUID, CaptureConsumer]] = {}
    """The connection of each capture in this process; a newer one takes its place."""

    async def connect(self) -> None:
        """Accepts anybody; who does not say hello with a good token in time is shown out."""
        self.capture: Capture | None = None
        self.file: CaptureFile | None = None
        self.inbox = Inbox()
        self.news = asyncio.Event()
        self.ends_at: int | None = None
        self.most_samples = round(get_config().capture_max_hours * 3600) * SAMPLE_RATE
        self.asked_for = -1
        self.is_full = self.lost_some = False
        self.row_at = self.rights_at = 0.0
        self.turn = asyncio.Lock()
        await self.accept()
        self.task = asyncio.create_task(self._expect_hello())

    async def disconnect(self, code: int) -> None:
        """Writes what came, and lets go of the file."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        with contextlib.suppress(DiskFull, _Over):
            await self._write()
        await self._let_go()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Takes a frame or a message."""
        try:
            if bytes_data is not None:
                self._take_frame(bytes_data)
            elif text_data is not None:
                await self._take_message(messages.read_message(text_data))
        except BadFrame as error:
            await self._end(_Over(CLOSE_BAD_FRAME, "bad-frame", str(error)))
        except _Over as over:
            await self._end(over)

    def _take_frame(self, data: bytes) -> None:
        if self.capture is None:
            raise BadFrame("a conversation begins with hello")
        try:
            self.inbox.put(Sound(*unpack_frame(data, self.most_samples)))
        except TooLong:
            text = Told("This recording is as long as recordings may be. What was recorded so far is kept.")
            raise _Over(CLOSE_LIMIT, "limit", text) from None
        self.news.set()

    async def _take_message(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if self.capture is None:
            await self._begin(message)
        elif kind == "gap":
            self.inbox.put(messages.gap_in(message, self.most_samples))
            self.news.set()
        elif kind in ("pause", "resume"):
            await self._mark(CaptureState.PAUSED if kind == "pause" else CaptureState.RECORDING)
        elif kind == "stop":
            self.ends_at = messages.samples_in(message)
            self.news.set()
        elif kind == "discard":
            await self._discard()
        else:
            raise BadFrame(f"there is no message {kind!r}")

    async def _expect_hello(self) -> None:
        await asyncio.sleep(HELLO_WITHIN_S)
        await self.close(CLOSE_REFUSED)

    async def _begin(self, hello: dict[str, Any]) -> None:
        capture = await self._capture_of(hello)
        self.task.cancel()
        self.capture = capture
        if capture.state == CaptureState.DISCARDED:
            await self._say({"type": "finished", "state": "discarded"})
            await self.close()
            return
        await self._take_over(capture)
        await self._say(
            {
                "type": "ready",
                "capture": str(capture.uuid),
                "token": capture_token(capture),
                "held": self._held,
                "state": capture.state,
                "offset_ms": capture.offset_ms,
                "label": capture.label,
                "most_samples": self.most_samples,
            }
        )
        self.task = asyncio.create_task(self._keep_writing())

    @database_sync_to_async
    def _capture_of(self, hello: dict[str, Any]) -> Capture:
        token = messages.token_in(hello)
        try:
            capture = read_capture_token(token)
            if capture is not None:
                return capture
            begins = read_session_token(token)
            if begins is None:
                raise _refused()
            capture = begin_capture(*begins, messages.wish_in(hello))
        except ExpiredToken:
            text = Told("Your login has ended. Log in again to go on; nothing that was recorded is lost.")
            raise _Over(CLOSE_EXPIRED, "expired", text) from None
        except BadToken:
            raise _refused() from None
        except TooMany as error:
            raise _Over(CLOSE_LIMIT, "limit", error.args[0]) from None
        return Capture.objects.select_related("session__campaign", "user").get(pk=capture.pk)

    async def _take_over(self, capture: Capture) -> None:
        """Opens the file, after an older connection of this capture has let go of it; a finished one stays closed."""
        older = self.here.get(capture.uuid)
        if older is not None and older is not self:
            await older._make_way()
        self.here[capture.uuid] = self
        if capture.is_open:
            await self._open(capture)

    async def _open(self, capture: Capture) -> None:
        """Opens the file.

        A connection in another process lets go of it once it finds its client gone; the client tries again until then.
        """
        deadline = time.monotonic() + TAKE_OVER_WITHIN_S
        while self.file is None:
            try:
                self.file = await asyncio.to_thread(CaptureFile, capture.uuid)
            except (CaptureBusy, DiskFull):
                if time.monotonic() > deadline:
                    raise _Over(TRY_AGAIN, "busy", "") from None
                await asyncio.sleep(0.3)

    @property
    def _held(self) -> int:
        if self.file is not None:
            return self.file.held
        return self.capture.held if self.capture is not None else 0

    async def _keep_writing(self) -> None:
        """Writes what comes, until the capture or the connection ends."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), QUIET_S)
                if not self.news.is_set():
                    await self._keep_row()
                    continue
                self.news.clear()
                try:
                    await self._write_and_tell()
                except DiskFull:
                    await self._tell_full()
                    self.news.set()
                    continue
                await asyncio.sleep(WRITE_EVERY_S)
        except _Over as over:
            await self._end(over)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("Capture %s: its connection is closed and may come again", self._name)
            await self.close(1011)

    async def _write_and_tell(self) -> None:
        missing = await self._write()
        if self.is_full:
            self.is_full = False
            await self._say({"type": "disk-back"})
        await self._say({"type": "held", "samples": self._held})
        if self.lost_some or (missing and self.asked_for != self._held):
            self.lost_some = False
            self.asked_for = self._held
            await self._say({"type": "resend", "first": self._held})
        await self._keep_row()
        if self.ends_at is not None:
            await self._stop(self.ends_at)

    async def _write(self) -> bool:
        """Puts on disk what came; returns whether something before it is missing.

        Raises:
            DiskFull: what could not be written is kept for the next try.
        """
        async with self.turn:
            items = self.inbox.take()
            if not items or self.capture is None:
                return False
            if self.file is None and not await self._go_on(items):
                return False
            file = self.file
            assert file is not None
            writing = asyncio.to_thread(self._write_now, items, file)
            return await asyncio.shield(asyncio.ensure_future(writing))

    def _write_now(self, items: list[Any], file: CaptureFile) -> bool:
        try:
            missing = self.inbox.write(items, file)
        except DiskFull:
            self.inbox.put_back(items)
            raise
        try:
            file.sync()
        except DiskFull:
            self.lost_some = True
            raise
        return missing

    async def _go_on(self, items: list[Any]) -> bool:
        """Opens a capture that was over again, where its device has more than it holds."""
        capture = self.capture
        if capture is None or all(item.end <= capture.held for item in items):
            return False
        try:
            await self._reopen(capture)
        except DiskFull:
            self.inbox.put_back(items)
            raise
        await self._take_over(capture)
        return True

    async def _reopen(self, capture: Capture) -> None:
        try:
            is_possible = await database_sync_to_async(reopen)(capture)
        except CaptureBusy:
            raise _Over(TRY_AGAIN, "busy", "") from None
        if not is_possible:
            raise _refused()
        capture.state = CaptureState.RECORDING

    async def _tell_full(self) -> None:
        self.is_full = True
        await self._say({"type": "disk-full"})
        await self._keep_row()
        await asyncio.sleep(DISK_AGAIN_S)

    async def _keep_row(self) -> None:
        """Brings the row up to date and asks whether this may still be recorded, each now and then."""
        now = time.monotonic()
        if self.capture is None or self.file is None:
            return
        try:
            if now - self.rights_at > RIGHTS_EVERY_S:
                if not await database_sync_to_async(may_record)(self.capture):
                    raise _refused()
                self.rights_at = now
            if now - self.row_at > ROW_EVERY_S:
                self.row_at = now
                await self._store_row(self.capture, self.file)
        except DatabaseError:  # the file is the truth, and the row follows when it can
            logger.exception("Capture %s: its row is behind its file", self._name)

    async def _store_row(self, capture: Capture, file: CaptureFile, **fields: object) -> None:
        """Brings the row up to date; one that was taken for over goes on, since its device is here."""
        if not await self._update_row(capture, file, **fields):
            await self._reopen(capture)
            await self._update_row(capture, file, **fields)

    @database_sync_to_async
    def _update_row(self, capture: Capture, file: CaptureFile, **fields: object) -> bool:
        rows = Capture.objects.open().filter(pk=capture.pk)
        return bool(rows.update(held=file.held, gaps=file.gaps, heard_at=timezone.now(), **fields))

    async def _mark(self, state: CaptureState) -> None:
        if self.capture is not None and self.file is not None and self.capture.is_open:
            await self._store_row(self.capture, self.file, state=state)
            self.capture.state = state
            await database_sync_to_async(captures_changed)(self.capture.session)

    async def _stop(self, samples: int) -> None:
        """Ends the capture once all of it is here; asks for the rest where it is not."""
        capture = self.capture
        if capture is None:
            return
        if self._held < samples:
            await self._say({"type": "resend", "first": self._held})
            return
        if capture.is_open:
            await self._close_file()
            await database_sync_to_async(ending.stop)(capture)
            ending.finish_soon(capture)
        await self._say({"type": "finished", "state": "stopped"})
        await self.close()

    async def _discard(self) -> None:
        capture = self.capture
        assert capture is not None
        self.inbox.take()
        await self._close_file()
        if capture.is_open:
            await database_sync_to_async(ending.discard)(capture)
            await self._say({"type": "finished", "state": "discarded"})
        else:  # it is a recording by now, which is removed where recordings are
            await self._say({"type": "finished", "state": "stopped"})
        await self.close()

    async def _make_way(self) -> None:
        """Lets a newer connection have the capture; what has come by then is written."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        with contextlib.suppress(DiskFull, _Over):
            await self._write()
        await self._end(
            _Over(CLOSE_SUPERSEDED, "superseded", Told("Another connection goes on with this recording."))
        )

    async def _end(self, over: _Over) -> None:
        logger.info("Capture %s: %s", self._name, over)
        await self._let_go()
        with contextlib.suppress(Exception):  # the other side may be gone already
            if over.message:
                with translation.override(reader_of(self.scope)):
                    words = in_words(over.message)
                refused = {"type": "refused", "reason": over.reason, "message": words}
                await self._say(cast(Refused, refused))
            await self.close(over.code)

    async def _let_go(self) -> None:
        await self._close_file()
        if self.capture is not None and self.here.get(self.capture.uuid) is self:
            del self.here[self.capture.uuid]

    async def _close_file(self) -> None:
        async with self.turn:
            file, self.file = self.file, None
            if file is not None:
                try:
                    await database_sync_to_async(self._last_words)(file)
                except DatabaseError:
                    logger.exception("Capture %s: its row is behind its file", self._name)
                finally:
                    file.close()

    def _last_words(self, file: CaptureFile) -> None:
        if self.capture is not None:
            self.capture.held = file.held
            Capture.objects.open().filter(pk=self.capture.pk).update(
                held=file.held, gaps=file.gaps, heard_at=timezone.now()
            )

    @property
    def _name(self) -> str:
        return str(self.capture.uuid) if self.capture else "(none)"

    async def _say(self, message: FromServer) -> None:
        await self.send(text_data=json.dumps(message))
