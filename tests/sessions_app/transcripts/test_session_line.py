"""Where a line is: told to scripts as its position, to people as the page opened there."""

import uuid

from django.urls import reverse


def where(client, session, line, *, accept="application/json", **query):
    return client.get(reverse("session-line", args=[session.uuid, line]), query, headers={"accept": accept})


def test_script_learns_the_position(viewer_client, told):
    line = told.segments.get(position=121)
    assert where(viewer_client, told, line.uuid).json() == {"position": 121}


def test_script_learns_the_position_among_chosen_voices(viewer_client, told):
    chosen = list(told.segments.filter(voice__number=2))
    assert where(viewer_client, told, chosen[-1].uuid, voice=2).json() == {"position": chosen[-1].position}


def test_line_that_the_chosen_voices_hide_has_no_position(viewer_client, told):
    line = told.segments.filter(voice__number=1).first()
    assert where(viewer_client, told, line.uuid, voice=2).json() == {"position": None}


def test_person_is_led_to_the_page_opened_there(viewer_client, told):
    line = told.segments.get(position=121)
    answer = where(viewer_client, told, line.uuid, accept="text/html")
    assert answer.headers["Location"] == f"{told.get_absolute_url()}?part=3#line-{line.uuid}"


def test_line_of_nowhere_is_404(viewer_client, told):
    assert where(viewer_client, told, uuid.uuid4()).status_code == 404


def test_outsider_gets_404(outsider_client, told):
    assert where(outsider_client, told, told.segments.first().uuid).status_code == 404
