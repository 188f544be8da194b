"""The web server: daphne, taught to hand large bodies on as they arrive and to wait for slow readers.

Daphne 4.2 gathers a request's body in a temporary file and then puts all of it into the application's queue: ten
gigabytes sent in one request would be ten gigabytes of memory, and a lost connection would lose all that had arrived.
It also accepts a response as fast as the application makes it, so that a slow reader of a long recording would be
kept waiting in memory. Its time limit for requests counts from their start, which cuts off long transfers. Here a
body above :data:`STREAM_BYTES` goes to the application piece by piece, the network is paused while either side is
behind, and the time limit counts from the last byte.

``python -m scribe_site.web_server`` takes daphne's command line.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from functools import partial
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

STREAM_BYTES = 1 << 20
"""Smaller bodies go the usual way."""
AHEAD_BYTES = 1 << 21
"""Bytes of one body that wait for the application before the network is paused."""

Message = dict[str, Any]


class Inbox:
    """What a streamed request's application receives; stands where daphne has a plain queue.

    >>> from unittest.mock import Mock
    >>> request = Mock(StreamedRequest)
    >>> inbox = Inbox(request)
    >>> inbox.feed(bytes(AHEAD_BYTES + 1))
    >>> request.pause_body.called
    True
    """

    def __init__(self, request: StreamedRequest) -> None:
        self._request = request
        self._messages: deque[Message] = deque()
        self._waiting = 0
        self._paused = False
        self._news = asyncio.Event()

    def put_nowait(self, message: Message) -> None:
        """Takes daphne's own messages: of them only the disconnect counts, as the body comes through :meth:`feed`."""
        if message["type"] == "http.disconnect":
            self._put(message)

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Takes a piece of the body, and pauses the network once enough of it waits."""
        self._put({"type": "http.request", "body": data, "more_body": not last})
        self._waiting += len(data)
        if self._waiting > AHEAD_BYTES and not self._paused:
            self._paused = True
            self._request.pause_body()

    async def get(self) -> Message:
        """Returns the next message, as ASGI's ``receive`` does."""
        while not self._messages:
            self._news.clear()
            await self._news.wait()
        message = self._messages.popleft()
        self._waiting -= len(message.get("body", b""))
        if self._paused and self._waiting <= AHEAD_BYTES // 2:
            self._paused = False
            self._request.resume_body()
        return message

    def _put(self, message: Message) -> None:
        self._messages.append(message)
        self._news.set()


@implementer(IPushProducer)
class Outflow:
    """Tells the application to wait while the reader is behind."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.ready.set()

    def pauseProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """The transport holds enough."""
        self.ready.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """The transport has room again."""
        self.ready.set()

    def stopProducing(self) -> None:  # noqa: N802
        """The connection is gone; nobody shall wait for it."""
        self.ready.set()


class StreamedRequest(WebRequest):  # type: ignore[misc]
    """A request whose large body is handed on as it arrives, and whose response waits for its reader."""

    inbox: Inbox | None = None
    body_ended = False
    outflow: Outflow | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        """Starts the application at the headers where the body is large; Twisted calls this once they are read."""
        if length is not None and length <= STREAM_BYTES:
            super().gotLength(length)
            return
        super().gotLength(0)
        self.inbox = Inbox(self)
        channel = self.channel
        super().requestReceived(channel._command, channel._path, channel._version)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        """Takes a piece of the body from the network."""
        if self.inbox is None:
            super().handleContentChunk(data)
        else:
            self.request_start = time.time()
            self.inbox.feed(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        """Takes the end of the body; a streamed request was begun at its headers."""
        if self.inbox is None:
            super().requestReceived(command, path, version)
        else:
            self.body_ended = True
            self.inbox.feed(b"", last=True)

    def pause_body(self) -> None:
        """Stops reading from the network."""
        if self.channel is not None and not self.body_ended:
            self.channel._networkProducer.pauseProducing()

    def resume_body(self) -> None:
        """Goes on reading from the network."""
        if self.channel is not None and not self.body_ended:
            self.channel._networkProducer.resumeProducing()

    def handle_reply(self, message: Message) -> None:
        """Sends a part of the response; one that comes before the body's end closes the connection after it."""
        if self.finished or self.channel is None:
            return
        if message["type"] == "http.response.start" and self.inbox is not None and not self.body_ended:
            self.channel.persistent = False
            self.responseHeaders.setRawHeaders(b"connection", [b"close"])
        if message.get("more_body") and self.outflow is None:
            self.outflow = Outflow()
            self.registerProducer(self.outflow, True)
        self.request_start = time.time()
        super().handle_reply(message)

    def finish(self) -> None:
        """Ends the response."""
        if self.outflow is not None:
            self.unregisterProducer()
            self.outflow.ready.set()
        if self.inbox is not None and not self.body_ended and self.channel is not None:
            self.channel.dataReceived = lambda data: None  # what still comes belongs to nobody
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        """Lets go of an application that waits for the reader."""
        if self.outflow is not None:
            self.outflow.ready.set()
        super().connectionLost(reason)


class StreamingFactory(HTTPFactory):  # type: ignore[misc]
    """Daphne's factory of connections, for :class:`StreamedRequest`."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        """Returns the protocol of a new connection."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = StreamedRequest
        return protocol


class StreamingServer(Server):  # type: ignore[misc]
    """Daphne's server with :class:`StreamedRequest`."""

    @property
    def http_factory(self) -> HTTPFactory:
        """The factory of connections; daphne's ``run`` sets its own, which is replaced."""
        return self._streaming_factory

    @http_factory.setter
    def http_factory(self, factory: HTTPFactory) -> None:
        self._streaming_factory = StreamingFactory(self)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Starts the application with the streamed request's own inbox, or as daphne does."""
        inbox = getattr(protocol, "inbox", None)
        if inbox is None:
            return super().create_application(protocol, scope)
        scope.setdefault("asgi", {"version": "3.0"})
        if protocol not in self.connections:
            return None
        application = self.application(
            scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol)
        )
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        return inbox

    async def handle_reply(self, protocol: Any, message: Message) -> None:
        """Hands a part of the response on, and returns once there is room for the next."""
        await super().handle_reply(protocol, message)
        outflow = getattr(protocol, "outflow", None)
        if outflow is not None:
            await outflow.ready.wait()


class StreamingCommandLine(CommandLineInterface):  # type: ignore[misc]
    """Daphne's command line for the streaming server."""

    server_class = StreamingServer


if __name__ == "__main__":
    StreamingCommandLine.entrypoint()
