"""Who has a session's live page open."""

from __future__ import annotations

import pytest
from channels.db import database_sync_to_async

from realtime_app.live import listeners as listening
from realtime_app.live.listeners import listeners, listens
from sessions_app.models import Membership
from tests.realtime_app.captioner.conftest import _redis, own_redis  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _at_redis(settings, own_redis):  # noqa: F811
    settings.REDIS_URL = own_redis.url


async def names(session):
    return [user.username for user in await database_sync_to_async(listeners)(session)]


@pytest.mark.usefixtures("_at_redis")
async def test_person_listens_while_any_of_their_pages_is_open(session, viewer, editor):
    assert await listens(session.uuid, viewer.pk, "phone") is True
    assert await listens(session.uuid, viewer.pk, "laptop") is False
    assert await listens(session.uuid, editor.pk, "laptop") is True
    assert await names(session) == ["eddie", "vera"]
    assert await listens(session.uuid, viewer.pk, "phone", still=False) is False
    assert await names(session) == ["eddie", "vera"]
    assert await listens(session.uuid, viewer.pk, "laptop", still=False) is True
    assert await names(session) == ["eddie"]


@pytest.mark.usefixtures("_at_redis")
async def test_sign_of_a_page_that_is_known_is_no_news(session, viewer):
    await listens(session.uuid, viewer.pk, "phone")
    assert await listens(session.uuid, viewer.pk, "phone") is False


@pytest.mark.usefixtures("_at_redis")
async def test_pages_of_a_process_that_died_are_forgotten(session, viewer, monkeypatch):
    monkeypatch.setattr(listening, "LISTENS_S", -1)
    await listens(session.uuid, viewer.pk, "phone")
    assert await names(session) == []


@pytest.mark.usefixtures("_at_redis")
async def test_who_is_no_member_any_more_is_not_shown(session, viewer):
    await listens(session.uuid, viewer.pk, "phone")
    await database_sync_to_async(Membership.objects.filter(user=viewer).delete)()
    assert await names(session) == []


async def test_without_redis_nobody_seems_to_listen_and_nothing_fails(session, viewer, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nothing.sock"
    assert await listens(session.uuid, viewer.pk, "phone") is False
    assert await names(session) == []
