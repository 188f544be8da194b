"""The socket over which a capture's audio comes: written to disk first, acknowledged after."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any, ClassVar, cast
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation

from engine.clock import SAMPLE_RATE
from engine.told import Told
from realtime_app.captures import ending, messages
from realtime_app.captures.admission import admit
from realtime_app.captures.inbox import Item, Sound
from realtime_app.captures.over import Over
from realtime_app.captures.protocol import (
    CLOSE_BAD_FRAME,
    CLOSE_LIMIT,
    CLOSE_REFUSED,
    CLOSE_SUPERSEDED,
    BadFrame,
    FromServer,
    Refused,
    TooLong,
    unpack_frame,
)
from realtime_app.captures.reception import Reception
from realtime_app.captures.tokens import capture_token
from realtime_app.live.publishing import captures_changed
from realtime_app.models import CaptureState
from realtime_app.readers import reader_of
from scribe_site.config import get_config
from sessions_app.disk import DiskFull
from sessions_app.told import in_words

logger = logging.getLogger(__name__)

HELLO_WITHIN_S = 10.0
WRITE_EVERY_S = 0.25
"""Sound is gathered for so long, then written, made safe and acknowledged at once."""
QUIET_S = 20.0
"""A device that has nothing to send, because it pauses, is heard of at least this often all the same."""
DISK_AGAIN_S = 2.0


class CaptureConsumer(AsyncWebsocketConsumer):
    """Receives one capture; see :mod:`realtime_app.captures.protocol`.

    ``receive`` only puts things aside; a task of its own writes them, so that the disk keeps nobody waiting.

    >>> from asgiref.sync import async_to_sync
    >>> from channels.testing import WebsocketCommunicator
    >>> async def says_no_hello():
    ...     device = WebsocketCommunicator(CaptureConsumer.as_asgi(), "/ws/captures/")
    ...     await device.connect()
    ...     await device.send_to(text_data="Good evening!")
    ...     return await device.receive_json_from()
    >>> async_to_sync(says_no_hello)()
    {'type': 'refused', 'reason': 'bad-frame', 'message': 'a message is JSON'}
    """

    channel_layer_alias = "none"
    """It listens to no group: recording goes on when Redis does not."""
    here: ClassVar[dict[UUID, CaptureConsumer]] = {}
    """The connection of each capture in this process; a newer one takes its place."""

    async def connect(self) -> None:
        """Accepts anybody; who does not say hello with a good token in time is shown out."""
        self.reception: Reception | None = None
        self.news = asyncio.Event()
        self.ends_at: int | None = None
        self.most_samples = round(get_config().capture_max_hours * 3600) * SAMPLE_RATE
        self.asked_for = -1
        self.is_full = False
        await self.accept()
        self.task = asyncio.create_task(self._expect_hello())

    async def disconnect(self, code: int) -> None:
        """Writes what came, and lets go of the file."""
        await self._stop_writing()
        await self._let_go()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Takes a frame or a message."""
        try:
            if bytes_data is not None:
                self._take_frame(bytes_data)
            elif text_data is not None:
                await self._take_message(messages.read_message(text_data))
        except BadFrame as error:
            await self._end(Over(CLOSE_BAD_FRAME, "bad-frame", str(error)))
        except Over as over:
            await self._end(over)

    def _take_frame(self, data: bytes) -> None:
        if self.reception is None:
            raise BadFrame("a conversation begins with hello")
        try:
            self._put(self.reception, Sound(*unpack_frame(data, self.most_samples)))
        except TooLong:
            text = Told("This recording is as long as recordings may be. What was recorded so far is kept.")
            raise Over(CLOSE_LIMIT, "limit", text) from None

    def _put(self, reception: Reception, item: Item) -> None:
        reception.put(item)
        self.news.set()

    async def _take_message(self, message: dict[str, Any]) -> None:
        kind, reception = message["type"], self.reception
        if reception is None:
            await self._begin(message)
        elif kind == "gap":
            self._put(reception, messages.gap_in(message, self.most_samples))
        elif kind in ("pause", "resume"):
            if await reception.mark(CaptureState.PAUSED if kind == "pause" else CaptureState.RECORDING):
                await database_sync_to_async(captures_changed)(reception.capture.session)
        elif kind == "stop":
            self.ends_at = messages.samples_in(message)
            self.news.set()
        elif kind == "discard":
            await self._discard(reception)
        else:
            raise BadFrame(f"there is no message {kind!r}")

    async def _expect_hello(self) -> None:
        await asyncio.sleep(HELLO_WITHIN_S)
        await self.close(CLOSE_REFUSED)

    async def _begin(self, hello: dict[str, Any]) -> None:
        capture = await database_sync_to_async(admit)(hello)
        self.task.cancel()
        self.reception = reception = Reception(capture)
        if capture.state == CaptureState.DISCARDED:
            await self._say({"type": "finished", "state": "discarded"})
            await self.close()
            return
        await self._take_over(reception)
        await self._say(
            {
                "type": "ready",
                "capture": str(capture.uuid),
                "token": capture_token(capture),
                "held": reception.held,
                "state": capture.state,
                "offset_ms": capture.offset_ms,
                "label": capture.label,
                "most_samples": self.most_samples,
            }
        )
        self.task = asyncio.create_task(self._keep_writing(reception))

    async def _take_over(self, reception: Reception) -> None:
        """Opens the file, after an older connection of this capture has let go of it; a finished one stays closed."""
        uuid = reception.capture.uuid
        older = self.here.get(uuid)
        if older is not None:
            await older._make_way()
        self.here[uuid] = self
        if reception.capture.is_open:
            await reception.open()

    async def _keep_writing(self, reception: Reception) -> None:
        """Writes what comes, until the capture or the connection ends."""
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(QUIET_S):  # wait_for could miss a cancellation
                        await self.news.wait()
                if not self.news.is_set():
                    await reception.keep_row()
                    continue
                self.news.clear()
                try:
                    await self._write_and_tell(reception)
                except DiskFull:
                    await self._tell_full(reception)
                    self.news.set()
                    continue
                await asyncio.sleep(WRITE_EVERY_S)
        except Over as over:
            await self._end(over)
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("Capture %s: its connection is closed and may come again", self._name)
            await self.close(1011)

    async def _write_and_tell(self, reception: Reception) -> None:
        missing = await reception.write()
        if self.is_full:
            self.is_full = False
            await self._say({"type": "disk-back"})
        await self._say({"type": "held", "samples": reception.held})
        if reception.lost_some or (missing and self.asked_for != reception.held):
            reception.lost_some = False
            self.asked_for = reception.held
            await self._say({"type": "resend", "first": reception.held})
        await reception.keep_row()
        if self.ends_at is not None:
            await self._stop(reception, self.ends_at)

    async def _tell_full(self, reception: Reception) -> None:
        self.is_full = True
        await self._say({"type": "disk-full"})
        await reception.keep_row()
        await asyncio.sleep(DISK_AGAIN_S)

    async def _stop(self, reception: Reception, samples: int) -> None:
        """Ends the capture once all of it is here; asks for the rest where it is not."""
        if reception.held < samples:
            await self._say({"type": "resend", "first": reception.held})
            return
        capture = reception.capture
        if capture.is_open:
            await reception.close()
            await database_sync_to_async(ending.stop)(capture)
            ending.finish_soon(capture)
        await self._say({"type": "finished", "state": "stopped"})
        await self.close()

    async def _discard(self, reception: Reception) -> None:
        reception.forget()
        await reception.close()
        if reception.capture.is_open:
            await database_sync_to_async(ending.discard)(reception.capture)
            await self._say({"type": "finished", "state": "discarded"})
        else:  # it is a recording by now, which is removed where recordings are
            await self._say({"type": "finished", "state": "stopped"})
        await self.close()

    async def _make_way(self) -> None:
        """Lets a newer connection have the capture; what has come by then is written."""
        await self._stop_writing()
        text = Told("Another connection goes on with this recording.")
        await self._end(Over(CLOSE_SUPERSEDED, "superseded", text))

    async def _stop_writing(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        if self.reception is not None:
            with contextlib.suppress(DiskFull, Over):
                await self.reception.write()

    async def _end(self, over: Over) -> None:
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
        if self.reception is not None:
            await self.reception.close()
            uuid = self.reception.capture.uuid
            if self.here.get(uuid) is self:
                del self.here[uuid]

    @property
    def _name(self) -> str:
        return str(self.reception.capture.uuid) if self.reception else "(none)"

    async def _say(self, message: FromServer) -> None:
        await self.send(text_data=json.dumps(message))
