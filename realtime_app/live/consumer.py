"""The socket of a session's live page: captions and news go out at once, signs of the page's progress come in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from typing import Any, cast
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from realtime_app.live.listeners import SIGN_S, listens
from realtime_app.live.messages import live_group
from realtime_app.live.outbox import Outbox
from realtime_app.live.publishing import send_soon
from realtime_app.messages import REFUSED
from realtime_app.readers import reader_of
from sessions_app.models import Session, User
from sessions_app.runs.notices import session_group

logger = logging.getLogger(__name__)

TRUSTED_S = 5.0
"""After so long a person's rights are looked up again before they hear more."""
TOO_SLOW = 4408
"""Close code for a page that takes nothing: it connects again and fetches what it missed."""


class LiveConsumer(AsyncWebsocketConsumer):
    """Hands captions on to one page, for as long as its viewer may see the session.

    The page answers with ``{"seen": n}`` now and then, the number of messages that it took. One that falls behind gets
    no drafts but the newest of each utterance.

    >>> from asgiref.sync import async_to_sync
    >>> from channels.testing import WebsocketCommunicator
    >>> async def follow():
    ...     page = WebsocketCommunicator(LiveConsumer.as_asgi(), "/ws/")
    ...     page.scope |= {"user": owner, "url_route": {"kwargs": {"uuid": session.uuid}}}
    ...     await page.connect()
    ...     welcome = await page.receive_json_from()
    ...     await send_soon(session.uuid, {"type": "markers.changed"})
    ...     news = await page.receive_json_from()
    ...     await page.disconnect()
    ...     return welcome, news
    >>> async_to_sync(follow)()
    ({'type': 'connected'}, {'type': 'markers.changed'})
    """

    trusted_s = TRUSTED_S
    sign_s = SIGN_S

    async def connect(self) -> None:
        """Accepts who may see the session; all others are told that there is none."""
        self.uuid: UUID = self.scope["url_route"]["kwargs"]["uuid"]
        self.tasks: list[asyncio.Task[None]] = []
        self.groups_of_session = (live_group(self.uuid), session_group(self.uuid))
        self.listening = False
        self.language = reader_of(self.scope)
        await self.accept()  # a close code reaches the browser only over an accepted socket
        if not await self._may_see():
            await self.close(REFUSED)
            return
        self.checked_at = time.monotonic()
        self.outbox = Outbox()
        for group in self.groups_of_session:
            await self.channel_layer.group_add(group, self.channel_name)
        self.outbox.put({"type": "connected"})
        self.listening = True
        self.tasks = [asyncio.create_task(self._send_all()), asyncio.create_task(self._give_signs())]

    async def disconnect(self, code: int) -> None:
        """Leaves the groups, and no longer listens."""
        for task in self.tasks:
            task.cancel()
        for task in self.tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for group in self.groups_of_session:
            await self.channel_layer.group_discard(group, self.channel_name)
        if self.listening:
            await self._listens(still=False)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Takes the page's word on how much it has taken; anything else is no page of ours."""
        try:
            seen = int(json.loads(text_data or "")["seen"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            await self.close(REFUSED)
            return
        if self.listening:
            self.outbox.seen(seen)

    async def pass_on(self, message: dict[str, Any]) -> None:
        """Puts a message of the group on its way, its lines in the reader's language; never waits."""
        if "lines" in message:
            message = message | {"lines": message["lines"][self.language]}
        if self.listening and not self.outbox.put(message):
            self.listening = False
            await self._listens(still=False)
            await self.close(TOO_SLOW)

    caption_draft = caption_final = caption_relabelled = caption_delay = pass_on
    captures_changed = markers_changed = listeners_changed = pass_on
    run_changed = transcript_changed = lines_changed = pass_on

    async def _send_all(self) -> None:
        while True:
            message = await self.outbox.get()
            if time.monotonic() - self.checked_at > self.trusted_s:
                if not await self._may_see():
                    await self.close(REFUSED)
                    return
                self.checked_at = time.monotonic()
            await self.send(text_data=json.dumps(message))

    async def _give_signs(self) -> None:
        while True:
            await self._listens()
            await asyncio.sleep(self.sign_s)

    async def _listens(self, *, still: bool = True) -> None:
        user = cast(User, self.scope["user"])
        if await listens(self.uuid, user.pk, self.channel_name, still=still):
            try:
                await send_soon(self.uuid, {"type": "listeners.changed"})
            except Exception as error:  # as for all news: what is lost costs nothing
                logger.warning("listeners.changed was not published: %r", error)

    @database_sync_to_async
    def _may_see(self) -> bool:
        user = cast(User | AnonymousUser, self.scope["user"])
        if isinstance(user, User) and not User.objects.filter(pk=user.pk, is_active=True).exists():
            return False
        sessions: Any = Session.objects.visible_to(user)
        return bool(sessions.filter(uuid=self.uuid).exists())
