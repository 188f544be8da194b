"""The scenes beside the transcript: when, how long, what, and with whom."""

from __future__ import annotations

import pytest
from django.db.models import F
from django.urls import reverse

from sessions_app.models import Character, Label
from sessions_app.transcripts.scenes import scene_list
from speakers_app.models import Assignment, How, Speaker

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def evening(told):
    """100 lines of story by voices 1 and 2, a break of ten minutes, and 50 lines of table talk by voice 3."""
    one, two, three = told.voices.all()
    told.segments.filter(position__lt=70).update(voice=one)
    told.segments.filter(position__range=(70, 99)).update(voice=two)
    told.segments.filter(position__lt=100).update(label=Label.IC)
    later = told.segments.filter(position__gte=100)
    later.update(label=Label.OOC, voice=three, start_ms=F("start_ms") + 600_000, end_ms=F("end_ms") + 600_000)
    return told


def test_scenes_have_times_kinds_and_people(evening):
    story, pause, table = scene_list(evening).scenes
    assert [each.words for each in (story, pause, table)] == ["Story", "Break", "Table talk"]
    assert story.names == ("Speaker 1", "Speaker 2")
    assert table.names == ("Speaker 3",)
    assert (story.clock, table.clock) == ("0:00", "14:10")
    assert story.length == "4:09"
    assert (pause.names, pause.url) == ((), "")


def test_scene_leads_to_its_first_line(viewer_client, evening):
    first = evening.segments.get(position=100)
    url = reverse("session-line", args=[evening.uuid, first.uuid])
    address = reverse("session-scenes", args=[evening.uuid])
    for answer in (viewer_client.get(address, headers=HTMX), viewer_client.get(address)):
        assert f'href="{url}" data-jump="{first.start_ms}"' in answer.content.decode()


def test_people_have_the_names_of_now_each_once(evening):
    elara = Character.objects.create(party=evening.campaign.party, name="Elara")
    anna = Speaker.objects.create(campaign=evening.campaign, name="Anna", character=elara)
    for voice in evening.voices.filter(number__in=[1, 2]):
        Assignment.objects.create(voice=voice, speaker=anna, how=How.PERSON, locked=True)
    assert scene_list(evening).scenes[0].names == ("Anna",)


def test_without_labels_nothing_is_called_story(viewer_client, told):
    html = viewer_client.get(reverse("session-scenes", args=[told.uuid]), headers=HTMX).content.decode()
    assert "Story" not in html
    assert '<span class="scene-kind">Scene</span>' in html


def test_session_without_lines_says_so(viewer_client, session):
    html = viewer_client.get(reverse("session-scenes", args=[session.uuid])).content.decode()
    assert "Scenes are listed once somebody has said something." in html
