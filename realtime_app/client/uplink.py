"""The way of a tape to the server: sends what is not there, forgets what is held, and comes back whatever happens.

It speaks :mod:`realtime_app.captures.protocol` as the browser's recorder does (``static/js/live/socket.js``).
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from realtime_app.captures.protocol import (
    CLOSE_BAD_FRAME,
    CLOSE_EXPIRED,
    CLOSE_LIMIT,
    CLOSE_REFUSED,
    CLOSE_SUPERSEDED,
    HEADER,
    MAX_FRAME_SAMPLES,
    FromClient,
    pack_frame,
)
from realtime_app.client.tape import SAMPLE_BYTES, Gap, Tape

PATH = "/ws/captures/"
WINDOW_BYTES = 1 << 20
"""Sent and not yet on the server's disk."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0
SILENCE_S = 10.0
"""So long an answer that is due may take before the connection counts as dead."""
CLOSE_WITHIN_S = 1.0

ENDS = ("stopped", "finished", "discarded")
REASONS = {
    CLOSE_BAD_FRAME: "bad-frame",
    CLOSE_EXPIRED: "expired",
    CLOSE_REFUSED: "refused",
    CLOSE_SUPERSEDED: "superseded",
    CLOSE_LIMIT: "limit",
}

State = Literal["connecting", "connected", "lost", "disk full", "finished"]


class Barred(Exception):
    """The server will not take this capture, however often it is asked.

    Args:
        reason: as in :class:`realtime_app.captures.protocol.Refused`.
        message: the server's words for people; may be empty.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message or reason)
        self.reason, self.message = reason, message


class _Silent(Exception):
    """An answer that was due did not come."""


@dataclass(frozen=True, slots=True)
class Device:
    """How the capture is named where it begins."""

    label: str = ""
    captioned: bool = True


class Uplink:
    """Sends one tape; :meth:`more` must be called in its event loop whenever the tape has grown or is complete.

    Args:
        url: of the server's pages: ``http://host:8000``.
        token: for the session, to begin; a tape that has one of its own goes on with that.
        tape: what is to be sent.
        device: names the capture.
        tls: for ``https``; None for the machine's own certificates.
        on_change: called when the state changes or the server holds more.

    Attributes:
        state: of the connection.
        capture: uuid of the capture, once the server has told it.
        most_samples: how long a capture may be.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Uplink("scribe.local", "a-token", Tape(Path(folder)))
    Traceback (most recent call last):
        ...
    ValueError: 'scribe.local' is no address of the kind http://host:8000
    """

    def __init__(
        self,
        url: str,
        token: str,
        tape: Tape,
        device: Device = Device(),
        *,
        tls: ssl.SSLContext | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of the kind http://host:8000")
        scheme = "wss" if parts.scheme == "https" else "ws"
        self._address = urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + PATH, "", ""))
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._token, self._tape, self._device = token, tape, device
        self._tls = tls if scheme == "wss" else None
        self._on_change = on_change
        self._more = asyncio.Event()
        self._at = 0
        self._in_flight: list[tuple[int, int]] = []
        self._asked_to_end = False
        self._refused = ("", "")
        self.state: State = "connecting"
        self.capture = ""
        self.most_samples: int | None = None

    def more(self) -> None:
        """Says that the tape has grown or is complete."""
        self._more.set()

    async def run(self) -> str:
        """Sends until the capture is over; returns ``stopped``, ``finished`` or ``discarded``.

        Raises:
            Barred: there is no use in trying again; what is not sent stays on the tape.
        """
        wait_s = FIRST_WAIT_S
        while True:
            self._refused = ("", "")
            try:
                async with connect(
                    self._address,
                    origin=self._origin,  # type: ignore[arg-type]  # a NewType of str
                    ssl=self._tls,
                    open_timeout=SILENCE_S,
                    close_timeout=CLOSE_WITHIN_S,
                    compression=None,
                    proxy=None,
                ) as socket:
                    ending = await self._converse(socket)
                    self._change("finished")
                    return ending
            except InvalidURI as error:
                raise Barred("address", str(error)) from None
            except ConnectionClosed as closed:
                self._bar(closed)
            except (OSError, TimeoutError, InvalidHandshake, _Silent):
                pass  # it is tried again below
            if self.state in ("connected", "disk full"):
                wait_s = FIRST_WAIT_S
            self._change("lost")
            await asyncio.sleep(wait_s * random.uniform(0.75, 1.25))  # noqa: S311 (spreads those who come back)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _bar(self, closed: ConnectionClosed) -> None:
        """Raises :class:`Barred` where the server closed the connection for good."""
        said, message = self._refused
        code = closed.rcvd.code if closed.rcvd is not None else None
        reason = REASONS.get(code, said) if code is not None else said
        if reason in ("refused", "expired") and self._tape.token and self._token != self._tape.token:
            self._tape.keep_token(
                ""
            )  # with the session's token and its key the server finds the capture again
        elif reason:
            raise Barred(reason, message)

    async def _converse(self, socket: ClientConnection) -> str:
        await self._tell(
            socket,
            {
                "type": "hello",
                "token": self._tape.token or self._token,
                "key": self._tape.key,
                "label": self._device.label,
                "captioned": self._device.captioned,
            },
        )
        async with asyncio.timeout(SILENCE_S):
            while True:
                message = await self._hear(socket)
                if message["type"] in ("ready", "finished"):
                    break
        if message["type"] == "finished":
            return str(message["state"])
        if self._is_ready(message):
            return str(message["state"])
        sending = asyncio.create_task(self._send(socket))
        try:
            return await self._listen(socket)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    def _is_ready(self, message: dict[str, Any]) -> bool:
        """Takes up where the server is; returns whether it needs nothing more."""
        self.capture, self.most_samples = message["capture"], message["most_samples"]
        self._tape.keep_token(message["token"])
        self._tape.hold(message["held"])
        self._change("connected")
        self._go_to(message["held"])
        return message["state"] in ENDS and self._tape.is_complete and message["held"] >= self._tape.next

    def _go_to(self, sample: int) -> None:
        self._at, self._in_flight, self._asked_to_end = sample, [], False
        self._more.set()

    async def _listen(self, socket: ClientConnection) -> str:
        heard_at = time.monotonic()
        while True:
            try:
                async with asyncio.timeout(1.0):
                    message = await self._hear(socket)
            except TimeoutError:
                due = (self._in_flight or self._asked_to_end) and self.state != "disk full"
                if not due:
                    heard_at = time.monotonic()
                elif time.monotonic() - heard_at > SILENCE_S:
                    raise _Silent from None
                continue
            heard_at = time.monotonic()
            if message["type"] == "held":
                self._tape.hold(message["samples"])
                self._in_flight = [(end, size) for end, size in self._in_flight if end > message["samples"]]
                self._on_change()
                self._more.set()
            elif message["type"] == "resend":
                self._go_to(message["first"])
            elif message["type"] == "disk-full":
                self._change("disk full")
            elif message["type"] == "disk-back":
                self._change("connected")
                self._go_to(self._tape.held)
            elif message["type"] == "finished":
                return str(message["state"])

    async def _send(self, socket: ClientConnection) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while sum(size for _, size in self._in_flight) < WINDOW_BYTES and await self._send_next(socket):
                pass
            if self._tape.is_complete and self._at >= self._tape.next and not self._asked_to_end:
                self._asked_to_end = True
                await self._tell(socket, {"type": "stop", "samples": self._tape.next})

    async def _send_next(self, socket: ClientConnection) -> bool:
        part = self._tape.read(self._at, MAX_FRAME_SAMPLES)
        if part is None:
            return False
        size = 0 if isinstance(part, Gap) else HEADER.size + SAMPLE_BYTES * len(part.samples)
        self._at = part.end
        self._in_flight.append((part.end, size))
        if isinstance(part, Gap):
            await self._tell(
                socket, {"type": "gap", "first": part.first, "end": part.end, "reason": part.reason}
            )
        else:
            await socket.send(pack_frame(part.first, part.samples))
        return True

    async def _hear(self, socket: ClientConnection) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == "refused":
            self._refused = (message["reason"], message["message"])
        return message

    async def _tell(self, socket: ClientConnection, message: FromClient) -> None:
        await socket.send(json.dumps(message))

    def _change(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self._on_change()
