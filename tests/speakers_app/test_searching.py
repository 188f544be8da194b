"""Searching by people: whom the campaign knows can be chosen, and what they are called now is what counts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import Character, Segment, Session, Voice
from sessions_app.search.filters import choices_of
from speakers_app import decisions
from speakers_app.models import Speaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def evenings(campaign, editor) -> list[Session]:
    """Two evenings: Anna is the first voice of the one and the second of the other; the others stay unnamed."""
    sessions = []
    for number in (11, 12):
        session = Session.objects.create(campaign=campaign, number=number, title=f"Evening {number}")
        for voice in (1, 2):
            said = Voice.objects.create(session=session, number=voice, talk_ms=2000)
            Segment.objects.create(
                session=session, voice=said, position=voice, start_ms=voice * 3000, end_ms=voice * 3000 + 2000,
                text=f"Gold from voice {voice} of {number}.",
            )  # fmt: skip
        sessions.append(session)
    first, second = sessions
    decisions.name_voice(first.voices.get(number=1), "Anna", editor)
    decisions.assign(second.voices.get(number=2), Speaker.objects.get(name="Anna"), editor)
    return sessions


@pytest.fixture
def ask(campaign, viewer):
    client = Client()
    client.force_login(viewer)

    def asked(query: str) -> str:
        answer = client.get(
            f"{reverse('campaign-search', args=[campaign.uuid])}?{query}", headers={"HX-Request": "true"}
        )
        return " ".join(answer.content.decode().split())

    return asked


def person(campaign, name: str):
    return next(person for person in choices_of(campaign).people if person.name == name)


def test_a_person_is_one_choice_however_many_voices_they_have(campaign, evenings):
    assert [person.name for person in choices_of(campaign).people] == ["Anna"]
    assert len(person(campaign, "Anna").voices) == 2


def test_lines_of_a_person_are_found_in_all_sessions(campaign, evenings, ask):
    page = ask(f"q=gold&speaker={person(campaign, 'Anna').value}")
    assert "voice 1 of 11" in page
    assert "voice 2 of 12" in page
    assert "</mark> from voice 2 of 11" not in page
    assert "2 lines in 2 sessions" in page
    assert "Anna<" in page


def test_a_voice_that_becomes_somebody_else_is_theirs_at_once(campaign, evenings, ask, editor):
    decisions.name_voice(evenings[1].voices.get(number=2), "Bob", editor)
    page = ask(f"q=gold&speaker={person(campaign, 'Anna').value}")
    assert "1 line in 1 session" in page
    assert "voice 2 of 12" in ask(f"q=gold&speaker={person(campaign, 'Bob').value}")


def test_another_name_of_a_person_is_shown_at_once(campaign, evenings, ask):
    Speaker.objects.filter(name="Anna").update(name="Annelies")
    assert "Annelies<" in ask("q=gold")
    assert [person.name for person in choices_of(campaign).people] == ["Annelies"]


def test_lines_are_spoken_as_whom_the_person_plays(campaign, evenings, ask):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    Speaker.objects.filter(name="Anna").update(character=mira)
    page = ask(f"q=gold&character={mira.uuid}")
    assert "2 lines in 2 sessions" in page
    assert "as Mira" in page


def test_people_of_other_campaigns_cannot_be_chosen(campaign, evenings, ask, outsider):
    elsewhere = outsider.memberships.get().campaign
    session = Session.objects.create(campaign=elsewhere, number=1)
    voice = Voice.objects.create(session=session, number=1, talk_ms=2000)
    decisions.name_voice(voice, "Zed", outsider)
    page = ask(f"q=gold&speaker={voice.uuid}")
    assert "Zed" not in page
    assert "4 lines in 2 sessions" in page
