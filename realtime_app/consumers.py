"""The socket of a session's page: nudges go out, nothing comes in."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, cast
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from realtime_app.messages import REFUSED, Nudge, SessionMessage
from sessions_app.models import Session, User
from sessions_app.runs.notices import session_group

PACE_S = 1.0
"""A page hears of each kind of news at most this often, and always of the last."""


class NoConsumer(AsyncWebsocketConsumer):
    """What is at every other address: nothing."""

    async def connect(self) -> None:
        """Refuses, as for a session that one may not see."""
        await self.accept()  # a close code reaches the browser only over an accepted socket
        await self.close(REFUSED)


class SessionConsumer(AsyncWebsocketConsumer):
    """Tells a page that something about its session changed, for as long as its viewer may see it.

    >>> from asgiref.sync import async_to_sync
    >>> from channels.testing import WebsocketCommunicator
    >>> async def heard_by(user):
    ...     page = WebsocketCommunicator(SessionConsumer.as_asgi(), "/ws/")
    ...     page.scope |= {"user": user, "url_route": {"kwargs": {"uuid": session.uuid}}}
    ...     await page.connect()
    ...     return await page.receive_output()
    >>> async_to_sync(heard_by)(owner), async_to_sync(heard_by)(AnonymousUser())
    ({'type': 'websocket.send', 'text': '{"type": "connected"}'}, {'type': 'websocket.close', 'code': 4404})
    """

    pace_s = PACE_S

    async def connect(self) -> None:
        """Accepts who may see the session; all others are told that there is none."""
        self.uuid: UUID = self.scope["url_route"]["kwargs"]["uuid"]
        self.waiting: dict[str, Nudge] = {}
        self.sender: asyncio.Task[None] | None = None
        await self.accept()  # a close code reaches the browser only over an accepted socket
        if not await self._may_see():
            await self.close(REFUSED)
            return
        await self.channel_layer.group_add(session_group(self.uuid), self.channel_name)
        await self._say({"type": "connected"})

    async def disconnect(self, code: int) -> None:
        """Leaves the group."""
        if self.sender is not None:
            self.sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.sender
        await self.channel_layer.group_discard(session_group(self.uuid), self.channel_name)

    async def run_changed(self, nudge: Nudge) -> None:
        """A Run moved on."""
        self._pass_on(nudge)

    async def transcript_changed(self, nudge: Nudge) -> None:
        """The session has other lines."""
        self._pass_on(nudge)

    async def lines_changed(self, nudge: Nudge) -> None:
        """Somebody wrote in lines of the session."""
        self._pass_on(nudge)

    def _pass_on(self, nudge: Nudge) -> None:
        self.waiting[nudge["type"]] = nudge
        if self.sender is None or self.sender.done():
            self.sender = asyncio.create_task(self._send_waiting())

    async def _send_waiting(self) -> None:
        """Sends what is waiting, then waits, until nothing came meanwhile; asks each time whether it still may."""
        while self.waiting:
            nudges, self.waiting = self.waiting, {}
            if not await self._may_see():
                await self.channel_layer.group_discard(session_group(self.uuid), self.channel_name)
                await self.close(REFUSED)
                return
            for nudge in nudges.values():
                await self._say(nudge)
            await asyncio.sleep(self.pace_s)

    async def _say(self, message: SessionMessage) -> None:
        await self.send(text_data=json.dumps(message))

    @database_sync_to_async
    def _may_see(self) -> bool:
        user = cast(User | AnonymousUser, self.scope["user"])
        if isinstance(user, User) and not User.objects.filter(pk=user.pk, is_active=True).exists():
            return False
        sessions: Any = Session.objects.visible_to(user)
        return bool(sessions.filter(uuid=self.uuid).exists())
