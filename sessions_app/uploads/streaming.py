"""The body of an upload's request as it arrives: handed to the view piece by piece, never gathered first.

Django reads a request's whole body before it calls a view, so that a part cut off by a lost network would be lost
with all that arrived of it. For requests of tus' own content type, :func:`streamed_uploads`, which wraps Django in
``asgi.py``, gives Django an empty body and the view the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from django.http import HttpRequest

from sessions_app.uploads.protocol import PART_TYPE

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

SCOPE_KEY = "scribe.body"
PIECE = 1 << 20
IDLE_S = 30.0
"""Seconds without a byte after which a connection counts as lost, so that a new one may take over."""
DRAIN_BYTES = 32 << 20
DRAIN_S = 10.0


class Body:
    """The bytes of one request as they arrive.

    >>> async def gathered(*arriving):
    ...     messages = iter(arriving)
    ...     async def receive():
    ...         return next(messages)
    ...     return [piece async for piece in Body(receive).pieces()]
    >>> first = {"type": "http.request", "body": b"RI", "more_body": True}
    >>> asyncio.run(gathered(first, {"type": "http.request", "body": b"FF", "more_body": False}))
    [b'RI', b'FF']
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False
        self._introduced = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yields what arrives, until the body ends, the connection is lost, or nothing comes for a while."""
        while not self._ended:
            try:
                async with asyncio.timeout(IDLE_S):
                    message = await self._receive()
            except TimeoutError:
                self._ended = True
                return
            self._ended = message["type"] != "http.request" or not message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    async def drain(self) -> None:
        """Reads a short rest and drops it: a client still sending would otherwise never read the answer."""
        dropped = 0
        try:
            async with asyncio.timeout(DRAIN_S):
                async for piece in self.pieces():
                    dropped += len(piece)
                    if dropped > DRAIN_BYTES:
                        return
        except TimeoutError:
            return

    async def empty(self) -> Message:
        """Stands in for ``receive`` towards Django: an empty body, and no word of a lost connection.

        A view that is cancelled in the middle of a write could not store how far it got.
        """
        if not self._introduced:
            self._introduced = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]


def streamed_uploads(pages: Application) -> Application:
    """Returns ``pages`` with the bodies of uploads left for the view to read."""

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if (b"content-type", PART_TYPE.encode()) not in scope["headers"]:
            await pages(scope, receive, send)
            return
        body = Body(receive)

        async def send_after_body(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drain()
            await send(message)

        await pages({**scope, SCOPE_KEY: body}, body.empty, send_after_body)

    return application


async def request_pieces(request: HttpRequest) -> AsyncIterator[bytes]:
    """Yields the body of ``request`` as it arrives, or as Django has gathered it where nothing streams."""
    body: Body | None = getattr(request, "scope", {}).get(SCOPE_KEY)
    if body is not None:
        async for piece in body.pieces():
            yield piece
        return
    while piece := await asyncio.to_thread(request.read, PIECE):
        yield piece
