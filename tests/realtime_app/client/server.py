"""A server of the capture socket that tests can make fail: its connections break to order, what it holds stays."""

from __future__ import annotations

import json

import numpy as np
from websockets.asyncio.server import ServerConnection, serve

from realtime_app.captures.protocol import unpack_frame

LONGEST = 12 * 3600 * 16_000


class FakeServer:
    """Holds one capture.

    Attributes:
        sound: what is held, gaps as zeros.
        hellos: what clients said first.
        break_at: the connection breaks off, once, when so much has come; what came last is not held.
        refuse: a close code and words with which every hello is answered.
    """

    def __init__(self, *, break_at: int | None = None, refuse: tuple[int, str, str] | None = None) -> None:
        self.sound = np.zeros(0, np.int16)
        self.gaps: list[tuple[int, int, str]] = []
        self.hellos: list[dict] = []
        self.break_at, self.refuse = break_at, refuse
        self.state = "recording"
        self.resend_once = False

    async def __aenter__(self) -> FakeServer:
        self._server = await serve(self._converse, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _converse(self, socket: ServerConnection) -> None:
        hello = json.loads(await socket.recv())
        self.hellos.append({**hello, "origin": socket.request.headers["Origin"]})
        if self.refuse is not None:
            code, reason, message = self.refuse
            await self._say(socket, {"type": "refused", "reason": reason, "message": message})
            await socket.close(code)
            return
        await self._say(
            socket,
            {
                "type": "ready",
                "capture": "c",
                "token": "for this capture",
                "held": len(self.sound),
                "state": self.state,
                "offset_ms": 0,
                "label": "",
                "most_samples": LONGEST,
            },
        )
        async for message in socket:
            if await self._take(socket, message):
                return

    async def _take(self, socket: ServerConnection, message: str | bytes) -> bool:
        if isinstance(message, bytes):
            first, pcm = unpack_frame(message, LONGEST)
            if self.break_at is not None and first >= self.break_at:
                self.break_at = None
                socket.transport.abort()
                return True
            if self.resend_once:
                self.resend_once = False
                await self._say(socket, {"type": "resend", "first": len(self.sound)})
                return False
            if first <= len(self.sound):
                samples = np.frombuffer(pcm, "<i2")[len(self.sound) - first :]
                self.sound = np.concatenate((self.sound, samples))
        else:
            said = json.loads(message)
            if said["type"] == "gap":
                assert said["first"] == len(self.sound)
                self.gaps.append((said["first"], said["end"], said["reason"]))
                self.sound = np.concatenate((self.sound, np.zeros(said["end"] - said["first"], np.int16)))
            elif said["type"] == "stop" and said["samples"] == len(self.sound):
                self.state = "stopped"
                await self._say(socket, {"type": "finished", "state": "stopped"})
                return True
        await self._say(socket, {"type": "held", "samples": len(self.sound)})
        return False

    async def _say(self, socket: ServerConnection, message: dict) -> None:
        await socket.send(json.dumps(message))
