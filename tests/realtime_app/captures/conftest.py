"""A data directory of its own for captures, devices that talk to the socket, and sound to send."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from realtime_app import capture_consumer
from realtime_app.capture_consumer import CaptureConsumer
from realtime_app.captures import ending
from realtime_app.captures.protocol import pack_frame
from realtime_app.captures.tokens import session_token
from realtime_app.routing import urlpatterns
from scribe_site.config import get_config


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(get_config(), "data_dir", tmp_path)
    monkeypatch.setattr(capture_consumer, "WRITE_EVERY_S", 0.01)
    monkeypatch.setattr(capture_consumer, "DISK_AGAIN_S", 0.02)
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)
    CaptureConsumer.here.clear()
    yield
    CaptureConsumer.here.clear()


@pytest.fixture
def at_once(monkeypatch) -> None:
    """A stopped capture is left to the test, which finishes it when it likes."""
    monkeypatch.setattr(ending, "finish_soon", lambda capture: None)


def sound(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, count).astype(np.int16)


class Device:
    """One side of the conversation, as a browser holds it."""

    def __init__(self, token: str, key: str = "a-key-of-this-device") -> None:
        self.socket = WebsocketCommunicator(URLRouter(urlpatterns), "/ws/captures/")
        self.hello = {"type": "hello", "token": token, "key": key, "label": "Laptop"}

    async def begin(self) -> dict[str, object]:
        await self.socket.connect()
        await self.say(self.hello)
        ready = await self.hear()
        self.hello["token"] = ready.get("token", self.hello["token"])
        return ready

    async def say(self, message: dict[str, object]) -> None:
        await self.socket.send_json_to(message)

    async def send(self, first: int, samples: np.ndarray) -> None:
        await self.socket.send_to(bytes_data=pack_frame(first, samples))

    async def hear(self) -> dict[str, object]:
        return await self.socket.receive_json_from(timeout=5)

    async def until(self, kind: str, **wanted: object) -> dict[str, object]:
        """Hears until a message of ``kind`` with what is ``wanted`` comes."""
        while True:
            message = await self.hear()
            if message["type"] == kind and wanted.items() <= message.items():
                return message

    async def closed(self) -> int:
        """Returns the code with which the server hangs up."""
        while True:
            output = await self.socket.receive_output(timeout=5)
            if output["type"] == "websocket.close":
                return output.get("code", 1000)

    async def leave(self) -> None:
        await self.socket.disconnect()


@pytest.fixture
def token(session, editor) -> str:
    return session_token(editor, session)


@pytest.fixture
def device(token) -> Device:
    return Device(token)
