"""Markers as people set, change, delete and put them back."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from sessions_app.models import Marker, MarkerKind, Membership, Session
from tests.realtime_app.live.conftest import begin

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def set_marker(client, session, **fields):
    return client.post(reverse("session-markers", args=[session.uuid]), fields, headers=HTMX)


def test_viewer_sets_a_marker(viewer_client, viewer, session):
    answer = set_marker(viewer_client, session, kind="quote", at_ms=61_000, text="  I never   lose ")
    marker = Marker.objects.get()
    assert (marker.user, marker.kind, marker.at_ms) == (viewer, MarkerKind.QUOTE, 61_000)
    assert marker.text == "I never lose"
    assert "1:01" in answer.content.decode()


def test_marker_that_is_sent_twice_is_one(viewer_client, session):
    uuid = str(uuid4())
    for _ in range(2):
        assert set_marker(viewer_client, session, uuid=uuid, kind="loot", at_ms=5).status_code == 200
    assert [str(marker.uuid) for marker in Marker.objects.all()] == [uuid]


def test_page_that_knows_no_time_marks_the_present(viewer_client, session):
    begin(session, held=16_000 * 60, offset_ms=1000)
    set_marker(viewer_client, session, kind="moment")
    assert 61_000 <= Marker.objects.get().at_ms < 62_000


def test_before_anybody_has_recorded_there_is_nothing_to_mark(viewer_client, session):
    answer = set_marker(viewer_client, session, kind="moment")
    assert answer.status_code == 409
    assert not Marker.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"kind": "sandwich"}, {"at_ms": -1}, {"at_ms": 10**12}, {"uuid": "x"}, {"text": "a" * 301}]
)
def test_nonsense_is_refused_and_said(viewer_client, session, fields):
    answer = set_marker(viewer_client, session, **({"kind": "loot", "at_ms": 1} | fields))
    assert answer.status_code == 400
    assert answer.content
    assert not Marker.objects.exists()


def test_marker_of_another_session_is_left_alone(viewer_client, viewer, session):
    elsewhere = Session.objects.create(campaign=session.campaign, number=2)
    theirs = Marker.objects.create(session=elsewhere, at_ms=5, kind=MarkerKind.LOOT)
    answer = set_marker(viewer_client, session, uuid=str(theirs.uuid), kind="quote", at_ms=9)
    assert "marker-item" not in answer.content.decode()
    theirs.refresh_from_db()
    assert (theirs.session, theirs.kind, theirs.at_ms) == (elsewhere, MarkerKind.LOOT, 5)


def marker_of(session, user, **fields):
    return Marker.objects.create(session=session, user=user, at_ms=1000, **fields)


def test_who_set_it_changes_the_note_and_keeps_the_kind(viewer_client, viewer, session):
    marker = marker_of(session, viewer, kind=MarkerKind.RULES)
    viewer_client.post(reverse("marker-edit", args=[marker.uuid]), {"text": "Cover?"}, headers=HTMX)
    marker.refresh_from_db()
    assert (marker.text, marker.kind, marker.at_ms) == ("Cover?", MarkerKind.RULES, 1000)


def test_editor_changes_a_viewers_marker(editor_client, viewer, session):
    marker = marker_of(session, viewer)
    editor_client.post(reverse("marker-edit", args=[marker.uuid]), {"kind": "loot"}, headers=HTMX)
    marker.refresh_from_db()
    assert (marker.kind, marker.user) == (MarkerKind.LOOT, viewer)


def test_viewer_changes_nobody_elses_marker(viewer_client, editor, session):
    marker = marker_of(session, editor)
    for name in ("marker-edit", "marker-delete"):
        assert viewer_client.post(reverse(name, args=[marker.uuid]), {"text": "x"}).status_code == 403


def test_who_left_the_campaign_changes_not_even_their_own(viewer_client, viewer, session):
    marker = marker_of(session, viewer)
    Membership.objects.filter(user=viewer).delete()
    assert viewer_client.post(reverse("marker-delete", args=[marker.uuid])).status_code == 404


def deleted(client, marker) -> str:
    html = client.post(reverse("marker-delete", args=[marker.uuid]), headers=HTMX).content.decode()
    return re.search(r'name="deleted" value="([^"]+)"', html)[1]


def test_deleted_marker_comes_back_as_it_was(editor_client, viewer, session):
    marker = marker_of(session, viewer, kind=MarkerKind.QUOTE, text="I never lose")
    proof = deleted(editor_client, marker)
    assert not Marker.objects.exists()
    for _ in range(2):  # twice over a bad connection
        address = reverse("marker-restore", args=[session.uuid])
        assert editor_client.post(address, {"deleted": proof}, headers=HTMX).status_code == 200
    back = Marker.objects.get()
    assert (back.uuid, back.user, back.kind) == (marker.uuid, viewer, MarkerKind.QUOTE)
    assert (back.at_ms, back.text) == (1000, "I never lose")


def test_nothing_is_put_back_that_was_not_deleted_here(editor_client, editor, session):
    elsewhere = Session.objects.create(campaign=session.campaign, number=2)
    proof = deleted(editor_client, marker_of(session, editor))
    for where, what in ((elsewhere, proof), (session, proof[:-2] + "xx"), (session, "")):
        answer = editor_client.post(
            reverse("marker-restore", args=[where.uuid]), {"deleted": what}, headers=HTMX
        )
        assert answer.status_code == 400
    assert not Marker.objects.exists()


def test_only_ones_own_markers_offer_to_be_changed(viewer_client, viewer, editor, session):
    marker_of(session, viewer, text="mine")
    marker_of(session, editor, text="theirs")
    html = viewer_client.get(reverse("session-markers", args=[session.uuid])).content.decode()
    assert html.count("marker-item") == 2
    assert html.count("marker-change") == 1


def test_without_scripts_the_live_page_follows(viewer_client, session):
    address = reverse("session-markers", args=[session.uuid])
    answer = viewer_client.post(address, {"kind": "loot", "at_ms": 1}, headers={"Accept": "text/html"})
    assert answer["Location"] == reverse("session-live", args=[session.uuid])


def test_session_page_lists_the_markers(viewer_client, viewer, session):
    marker_of(session, viewer, text="Behind the bar")
    assert "Behind the bar" in viewer_client.get(session.get_absolute_url()).content.decode()
