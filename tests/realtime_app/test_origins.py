"""Who may open a socket: our own pages, and programs that record."""

from __future__ import annotations

import pytest
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from realtime_app.captures.protocol import CLOSE_REFUSED
from realtime_app.origins import origins_checked
from realtime_app.routing import urlpatterns
from scribe_site.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

SESSION = "/ws/sessions/00000000-0000-0000-0000-000000000000/"


@pytest.fixture(autouse=True)
def hosts(settings) -> None:
    settings.ALLOWED_HOSTS = ["scribe.example"]


async def is_let_in(path: str, origin: str | None) -> bool:
    headers = [(b"origin", origin.encode())] if origin else []
    socket = WebsocketCommunicator(
        origins_checked(AuthMiddlewareStack(URLRouter(urlpatterns))), path, headers=headers
    )
    accepted, _ = await socket.connect()
    await socket.disconnect()
    return accepted


@pytest.mark.parametrize(
    ("path", "origin", "expected"),
    [
        ("/ws/captures/", None, True),
        ("/ws/captures/", "https://scribe.example", True),
        ("/ws/captures/", "https://elsewhere.example", False),
        ("/ws/captures/", "null", False),
        (SESSION, "https://scribe.example", True),
        (SESSION, None, False),
        (SESSION, "https://elsewhere.example", False),
    ],
)
async def test_only_recording_programs_need_no_page(path, origin, expected):
    assert await is_let_in(path, origin) is expected


async def test_a_program_without_a_token_records_nothing():
    socket = WebsocketCommunicator(application, "/ws/captures/")
    await socket.connect()
    await socket.send_json_to({"type": "hello", "token": "", "key": "a-key-of-nobody"})
    assert (await socket.receive_json_from())["reason"] == "refused"
    assert (await socket.receive_output())["code"] == CLOSE_REFUSED
