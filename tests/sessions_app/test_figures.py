"""The figures of a session: counted from its lines under the names of this moment, in few queries."""

import json

import jsonschema
import pytest
from django.urls import reverse

from sessions_app.figures import session_figures
from sessions_app.models import Character, Segment, Voice
from sessions_app.transcripts.voices import shown_voices
from speakers_app.models import Assignment, How, Speaker
from tests.engine.test_exports import SCHEMA
from tests.sessions_app.transcripts.telling import tell


@pytest.fixture
def evening(campaign, session):
    """Anna as Mira, who speaks in two voices, and somebody unknown, who talks across her."""
    mira = Character.objects.create(
        party=campaign.party, name="Mira", aliases=["Vosje", 3], player_name="Anna de Wit"
    )
    anna = Speaker.objects.create(campaign=campaign, name="Anna", character=mira)
    first, other, second = (Voice.objects.create(session=session, number=number) for number in (1, 2, 3))
    for voice in (first, second):
        Assignment.objects.create(voice=voice, speaker=anna, how=How.PERSON, locked=True)
    said = [
        (first, 0, 4000, "IC", "Ik ben Mira."),
        (second, 4000, 5000, "OOC", "Is Anna's dobbelsteen gevallen?"),
        (other, 4500, 6500, "MIXED", "Vosje lacht."),
        (None, 6500, 7000, "", ""),
    ]
    Segment.objects.bulk_create(
        Segment(session=session, voice=voice, position=n, start_ms=start, end_ms=end, label=label, text=text)
        for n, (voice, start, end, label, text) in enumerate(said)
    )
    return session


def test_people_are_counted_by_all_their_voices_and_characters_by_their_lines(evening):
    found = session_figures(evening, shown_voices(evening))
    assert [
        (each.voice, each.tally.talk_ms, each.tally.ic_ms, each.tally.turns) for each in found.speakers
    ] == [
        (1, 5000, 4000, 1),
        (2, 2000, 0, 1),
        (None, 500, 0, 1),
    ]
    assert [(each.name, each.voice, each.tally.talk_ms) for each in found.characters] == [("Mira", 1, 4000)]


def test_names_of_story_and_table_are_counted_with_what_else_they_are_called(evening):
    names = session_figures(evening, shown_voices(evening)).names
    assert [(each.name, each.kind, each.times) for each in names] == [
        ("Mira", "character", 2),
        ("Anna", "person", 1),
    ]


def test_json_has_the_figures_of_the_whole_session_in_every_part(viewer_client, evening):
    address = reverse("session-export", args=[evening.uuid, "json"])
    whole, story = (json.loads(viewer_client.get(address, {"show": show}).content) for show in ("", "story"))
    jsonschema.validate(whole, SCHEMA)
    assert whole["figures"] == story["figures"]
    assert whole["figures"]["talk_ms"] == 7500
    assert whole["figures"]["speakers"][0]["name"] == "Anna"


@pytest.mark.slow
def test_figures_of_four_hours_take_few_queries(session, django_assert_num_queries):
    tell(session, lines=5700, voices=6)
    voices = shown_voices(session)
    with django_assert_num_queries(3):
        found = session_figures(session, voices)
    assert found.whole.lines == session.segments.exclude(text="").count()
