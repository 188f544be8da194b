"""Room on the disk: what people hear when it runs out."""

from __future__ import annotations

from collections import namedtuple

import pytest
from django.urls import reverse

from scribe_site.config import get_config
from sessions_app import disk
from sessions_app.templatetags import disk as on_pages

Usage = namedtuple("Usage", "total used free")
TEXT = "nearly full"


@pytest.fixture
def free_mb(monkeypatch):
    """Makes the disk have so much room."""
    monkeypatch.setattr(on_pages, "LOOK_EVERY_S", -1.0)
    monkeypatch.setattr(get_config(), "disk_reserve_mb", 500)

    def set_free(megabytes: int) -> None:
        monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: Usage(0, 0, megabytes << 20))

    yield set_free
    on_pages._seen.clear()


@pytest.mark.parametrize(
    ("free", "warned", "records"), [(501, False, True), (499, True, True), (99, True, False)]
)
def test_pages_warn_first_and_audio_stops_later(free_mb, free, warned, records):
    free_mb(free)
    assert disk.is_nearly_full() is warned
    assert disk.has_room_for_audio() is records


@pytest.mark.django_db
def test_every_member_reads_it_on_every_page(free_mb, client, viewer, campaign):
    client.force_login(viewer)
    free_mb(400)
    assert TEXT in client.get(reverse("campaign-list")).content.decode()
    assert TEXT in client.get(campaign.get_absolute_url()).content.decode()
    free_mb(4000)
    assert TEXT not in client.get(reverse("campaign-list")).content.decode()


@pytest.mark.django_db
def test_strangers_learn_nothing_of_the_machine(free_mb, client):
    free_mb(400)
    assert TEXT not in client.get(reverse("login")).content.decode()
