"""The socket of a session's live page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from engine.live.values import Draft
from realtime_app.live import consumer as consumers
from realtime_app.live import publishing
from realtime_app.live.consumer import TOO_SLOW, LiveConsumer
from realtime_app.live.messages import live_group
from realtime_app.live.outbox import Outbox
from realtime_app.messages import REFUSED
from realtime_app.routing import urlpatterns
from sessions_app.models import Membership, User
from sessions_app.runs.notices import session_group
from tests.realtime_app.live.conftest import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def signs(monkeypatch) -> list:
    """Presence is noted here instead of in Redis."""
    noted = []

    async def listens(uuid, user, page, *, still=True):
        known = any(one[:2] == (user, True) for one in noted)
        noted.append((user, still))
        return known != still

    monkeypatch.setattr(consumers, "listens", listens)
    return noted


def socket_of(uuid, user) -> WebsocketCommunicator:
    communicator = WebsocketCommunicator(URLRouter(urlpatterns), f"/ws/sessions/{uuid}/live/")
    communicator.scope["user"] = user
    return communicator


async def connected(session, user) -> WebsocketCommunicator:
    socket = socket_of(session.uuid, user)
    await socket.connect()
    assert await socket.receive_json_from() == {"type": "connected"}
    assert await socket.receive_json_from() == {"type": "listeners.changed"}
    return socket


async def told(session, message):
    await get_channel_layer().group_send(live_group(session.uuid), message)


async def test_member_reads_what_is_being_said_and_then_the_line(session, viewer, capture, voice):
    socket = await connected(session, viewer)
    utterance = uuid4()
    publish = database_sync_to_async(publishing.publish_draft)
    await publish(capture, Draft(utterance, 1000, 1500, "Who", "goes"), 300)
    draft = await socket.receive_json_from()
    assert (draft["type"], draft["id"]) == ("caption.draft", str(utterance))
    assert (draft["firm"], draft["soft"], draft["clock"]) == ("Who", "goes", "0:01")
    line = await database_sync_to_async(say)(session, "Who goes there?", voice, uuid=utterance)
    await database_sync_to_async(publishing.publish_final)(capture, utterance, [line], 400)
    final = await socket.receive_json_from()
    assert (final["type"], final["id"]) == ("caption.final", str(utterance))
    assert [each["id"] for each in final["lines"]] == [str(utterance)]
    assert "Speaker 1" in final["lines"][0]["html"]
    await socket.disconnect()


async def test_each_reads_a_line_in_their_own_language(session, viewer, editor, capture, voice):
    editor.interface_language = "nl"
    english, dutch = await connected(session, viewer), await connected(session, editor)
    await english.receive_json_from()  # somebody else listens too
    line = await database_sync_to_async(say)(session, "Who goes there?", voice)
    await database_sync_to_async(publishing.publish_final)(capture, line.uuid, [line], 400)
    for socket, name in ((english, "Speaker 1"), (dutch, "Spreker 1")):
        assert name in (await socket.receive_json_from())["lines"][0]["html"]
        await socket.disconnect()


async def test_times_of_drafts_are_the_sessions(session, viewer, capture):
    capture.offset_ms = 3_600_000
    socket = await connected(session, viewer)
    await database_sync_to_async(publishing.publish_draft)(capture, Draft(uuid4(), 2000, 2500, "", "So"), 0)
    draft = await socket.receive_json_from()
    assert (draft["start_ms"], draft["clock"]) == (3_602_000, "1:00:02")
    await socket.disconnect()


async def test_all_kinds_of_news_pass(session, viewer, capture):
    socket = await connected(session, viewer)
    await database_sync_to_async(publishing.captures_changed)(session)
    await database_sync_to_async(publishing.markers_changed)(session)
    await database_sync_to_async(publishing.publish_delay)(capture, 9000)
    kinds = [(await socket.receive_json_from())["type"] for _ in range(3)]
    assert kinds == ["captures.changed", "markers.changed", "caption.delay"]
    for kind in ("run.changed", "transcript.changed"):
        await get_channel_layer().group_send(session_group(session.uuid), {"type": kind})
        assert await socket.receive_json_from() == {"type": kind}
    await socket.disconnect()


async def test_line_that_changes_hands_is_told_with_its_new_name(session, viewer, voice):
    socket = await connected(session, viewer)
    line = await database_sync_to_async(say)(session, "Who goes there?", voice)
    await database_sync_to_async(publishing.publish_relabelled)(session, [line])
    message = await socket.receive_json_from()
    assert (message["type"], message["lines"][0]["id"]) == ("caption.relabelled", str(line.uuid))
    await socket.disconnect()


async def refusal(uuid, user):
    socket = socket_of(uuid, user)
    await socket.connect()
    return await socket.receive_output()


async def test_outsiders_and_strangers_hear_what_anybody_hears_of_no_session(
    session, outsider, viewer, signs
):
    answers = [
        await refusal(session.uuid, outsider),
        await refusal(session.uuid, AnonymousUser()),
        await refusal(uuid4(), viewer),
    ]
    assert [answer["type"] for answer in answers] == ["websocket.close"] * 3
    assert [answer["code"] for answer in answers] == [REFUSED] * 3
    assert signs == []


async def test_member_who_is_removed_reads_no_further(session, viewer, monkeypatch):
    monkeypatch.setattr(LiveConsumer, "trusted_s", -1)
    socket = await connected(session, viewer)
    await database_sync_to_async(Membership.objects.filter(user=viewer).delete)()
    await told(session, {"type": "markers.changed"})
    assert (await socket.receive_output())["code"] == REFUSED


async def test_account_that_is_closed_reads_no_further(session, viewer, monkeypatch):
    monkeypatch.setattr(LiveConsumer, "trusted_s", -1)
    socket = await connected(session, viewer)
    await database_sync_to_async(User.objects.filter(pk=viewer.pk).update)(is_active=False)
    await told(session, {"type": "markers.changed"})
    assert (await socket.receive_output())["code"] == REFUSED


async def test_reader_listens_until_the_page_is_closed(session, viewer, signs):
    socket = await connected(session, viewer)
    assert signs == [(viewer.pk, True)]
    await socket.disconnect()
    assert signs[-1] == (viewer.pk, False)


async def test_signs_go_on_while_the_page_is_open(session, viewer, signs, monkeypatch):
    monkeypatch.setattr(LiveConsumer, "sign_s", 0.01)
    socket = await connected(session, viewer)
    await socket.receive_nothing(timeout=0.2)
    assert signs.count((viewer.pk, True)) > 2
    await socket.disconnect()


@pytest.mark.parametrize(
    "nonsense", ["x", "[]", '{"seen": Infinity}', '{"seen": "many"}', '{"other": 1}', "1"]
)
async def test_what_no_page_of_ours_says_ends_the_connection(session, viewer, nonsense):
    socket = await connected(session, viewer)
    await socket.send_to(text_data=nonsense)
    assert (await socket.receive_output())["code"] == REFUSED


async def test_page_says_how_much_it_has_taken(session, viewer, monkeypatch):
    monkeypatch.setattr(consumers, "Outbox", lambda: Outbox(ahead=2))
    socket = await connected(session, viewer)
    await told(session, {"type": "caption.draft", "id": "a", "firm": "Wait"})
    assert await socket.receive_nothing(timeout=0.1)
    await socket.send_json_to({"seen": 2})
    assert (await socket.receive_json_from())["firm"] == "Wait"
    await socket.disconnect()


async def test_page_that_takes_nothing_is_given_up(session, viewer, monkeypatch):
    monkeypatch.setattr(consumers, "Outbox", lambda: Outbox(most=0))
    socket = socket_of(session.uuid, viewer)
    await socket.connect()
    await told(session, {"type": "markers.changed"})
    outputs = [await socket.receive_output() for _ in range(2)]
    while outputs[-1]["type"] != "websocket.close":
        outputs.append(await socket.receive_output())
    assert outputs[-1]["code"] == TOO_SLOW


def test_redis_that_is_away_fails_nothing(session, monkeypatch, caplog):
    class Away:
        async def group_send(self, group, message):
            raise OSError("no Redis")

    monkeypatch.setattr(publishing, "get_channel_layer", Away)
    publishing.markers_changed(session)
    assert "markers.changed was not published" in caplog.text
