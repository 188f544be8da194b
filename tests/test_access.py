"""Every address against every person: a new address without a row in ``tests/access`` fails here."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from realtime_app.models import Capture
from sessions_app.clips.choice import ClipChoice
from sessions_app.models import (
    Character,
    Clip,
    Errand,
    ErrandKind,
    Invitation,
    Marker,
    Membership,
    Recording,
    Run,
    Segment,
    Session,
    Upload,
    User,
    Voice,
)
from speakers_app.models import Change, Speaker, Verb, Voiceprint
from tests.access import ROWS
from tests.access.row import House

NOT_OURS = ("admin/",)
"""The administration keeps its own door, tried below."""


def _addresses(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(NOT_OURS):
            continue
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        else:
            yield route, pattern.name


ADDRESSES = dict(_addresses(get_resolver().url_patterns))
CASES = [
    pytest.param(name, method, person, status, id=f"{name}-{method}-{person}")
    for name, row in ROWS.items()
    for method, statuses in row.expected().items()
    for person, status in statuses.items()
]


@pytest.fixture
def house(campaign, owner, editor, viewer) -> House:
    audio = default_storage.save("sessions/prepared.wav", ContentFile(b"sound"))
    session = Session.objects.create(campaign=campaign, number=1, title="The gate", audio_name=audio)
    recording = Recording.objects.create(
        session=session,
        file=ContentFile(b"sound", name="gate.flac"),
        original_name="gate.flac",
        size=5,
        sha256="0" * 64,
    )
    voice = Voice.objects.create(session=session, number=1, talk_ms=1000)
    speaker = Speaker.objects.create(campaign=campaign, name="Anna")
    return House(
        campaign=campaign,
        speaker=speaker,
        voiceprint=Voiceprint.objects.create(
            speaker=speaker, session=session, vector=[1.0], model="m", speech_ms=5000
        ),
        change=Change.objects.create(campaign=campaign, session=session, verb=Verb.EDIT_SPEAKER),
        errand=Errand.objects.create(campaign=campaign, session=session, kind=ErrandKind.SPLIT),
        clip=Clip.objects.create(session=session, user=owner, lines=[[0, 900, 1]], start_ms=0, end_ms=900),
        export=Errand.objects.create(
            campaign=campaign,
            session=session,
            kind=ErrandKind.CLIPS,
            user=editor,
            state="failed",
            inputs={"choice": ClipChoice().to_json()},
        ),
        capture=Capture.objects.create(session=session, key="some-device"),
        marker=Marker.objects.create(session=session, user=owner, at_ms=1000),
        membership=Membership.objects.get(campaign=campaign, user=viewer),
        invitation=Invitation.objects.create(campaign=campaign),
        character=Character.objects.create(party=campaign.party, name="Mira"),
        session=session,
        recording=recording,
        upload=Upload.objects.create(session=session, user=viewer, original_name="more.flac", length=10),
        run=Run.objects.create(session=session),
        voice=voice,
        segment=Segment.objects.create(
            session=session, voice=voice, position=0, start_ms=0, end_ms=900, text="Hello."
        ),
    )


@pytest.fixture
def client_of(owner, editor, viewer, outsider):
    people = {"owner": owner, "editor": editor, "viewer": viewer, "outsider": outsider}

    def make(person: str) -> Client:
        client = Client()
        if person in people:
            client.force_login(people[person])
        return client

    return make


def test_every_address_has_a_name():
    assert [route for route, name in ADDRESSES.items() if not name] == []


def test_every_address_has_a_row():
    assert sorted(set(ADDRESSES.values()) - set(ROWS)) == []


def test_every_row_has_an_address():
    assert sorted(set(ROWS) - set(ADDRESSES.values())) == []


@pytest.mark.parametrize(("name", "method", "person", "status"), CASES)
def test_access(name, method, person, status, house, client_of):
    row = ROWS[name]
    response = client_of(person).generic(
        method,
        reverse(name, args=row.args(house)),
        data=urlencode(row.data) if method == "POST" else b"",
        content_type="application/x-www-form-urlencoded" if method == "POST" else "application/octet-stream",
        headers=row.headers,
    )
    assert response.status_code == status
    if status == 302 and person == "anonymous" and name not in ("logout", "theme"):
        assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("address", ["admin:index", "admin:sessions_app_user_changelist"])
@pytest.mark.parametrize("person", ["owner", "editor", "viewer", "outsider", "anonymous"])
def test_nobody_without_staff_rights_sees_the_administration(address, person, client_of):
    response = client_of(person).get(reverse(address))
    assert response.status_code == 302
    assert response["Location"].startswith((reverse("admin:login"), reverse("login")))


def test_staff_see_the_administration_but_no_campaign_of_others(house):
    operator = User.objects.create_user("admin", password="x", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(operator)
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(house.campaign.get_absolute_url()).status_code == 404
