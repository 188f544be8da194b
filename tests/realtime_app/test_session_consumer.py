"""The socket of a session's page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from realtime_app.consumers import SessionConsumer
from realtime_app.messages import REFUSED
from realtime_app.routing import urlpatterns
from sessions_app.models import Membership
from sessions_app.runs.notices import session_group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(SessionConsumer, "pace_s", 0.02)


def socket_of(uuid, user) -> WebsocketCommunicator:
    communicator = WebsocketCommunicator(URLRouter(urlpatterns), f"/ws/sessions/{uuid}/")
    communicator.scope["user"] = user
    return communicator


async def nudge(session, kind="run.changed"):
    await get_channel_layer().group_send(session_group(session.uuid), {"type": kind})


async def test_a_member_hears_of_the_run(session, viewer):
    socket = socket_of(session.uuid, viewer)
    await socket.connect()
    assert await socket.receive_json_from() == {"type": "connected"}
    await nudge(session)
    assert await socket.receive_json_from() == {"type": "run.changed"}
    await nudge(session, "transcript.changed")
    assert await socket.receive_json_from() == {"type": "transcript.changed"}
    await socket.disconnect()


@pytest.mark.slow
async def test_many_nudges_become_few_and_the_last_is_never_lost(session, viewer, monkeypatch):
    monkeypatch.setattr(SessionConsumer, "pace_s", 0.3)
    socket = socket_of(session.uuid, viewer)
    await socket.connect()
    await socket.receive_json_from()
    for _ in range(20):
        await nudge(session)
    assert await socket.receive_json_from() == {"type": "run.changed"}
    assert await socket.receive_json_from() == {"type": "run.changed"}
    assert await socket.receive_nothing(timeout=0.5)
    await socket.disconnect()


async def refusal(uuid, user):
    socket = socket_of(uuid, user)
    await socket.connect()
    return await socket.receive_output()


async def test_outsiders_and_strangers_hear_what_anybody_hears_of_no_session(session, outsider, viewer):
    answers = [
        await refusal(session.uuid, outsider),
        await refusal(session.uuid, AnonymousUser()),
        await refusal(uuid4(), viewer),
    ]
    assert [answer["type"] for answer in answers] == ["websocket.close"] * 3
    assert [answer["code"] for answer in answers] == [REFUSED] * 3


async def test_a_member_who_is_removed_hears_no_more(session, viewer):
    socket = socket_of(session.uuid, viewer)
    await socket.connect()
    await socket.receive_json_from()
    await database_sync_to_async(Membership.objects.filter(user=viewer).delete)()
    await nudge(session)
    assert (await socket.receive_output())["code"] == REFUSED


async def test_address_without_a_socket_is_refused_like_a_session_of_others(viewer):
    communicator = WebsocketCommunicator(URLRouter(urlpatterns), "/ws/elsewhere/")
    communicator.scope["user"] = viewer
    await communicator.connect()
    assert await communicator.receive_output() == {"type": "websocket.close", "code": REFUSED}
