"""The page of a session's voices: what it shows to whom, each act with and without scripts, and what is refused."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from sessions_app.models import Character, Session, Voice
from sessions_app.transcripts.voices import voice_names
from speakers_app import decisions
from speakers_app.history import last_change
from speakers_app.models import Assignment, Change, How, Speaker
from tests.sessions_app.transcripts.telling import tell

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "voices"}


def voice(session, number) -> Voice:
    return session.voices.get(number=number)


def names(session) -> dict[int, str]:
    called = voice_names(session)
    return {each.number: called[each.pk].name for each in session.voices.all()}


def page_of(client, session, name="session-voices") -> str:
    return client.get(reverse(name, args=[session.uuid])).content.decode()


def act(client, name, subject, data=None, *, htmx=True):
    return client.post(reverse(name, args=[subject.uuid]), data or {}, headers=HTMX if htmx else {})


def test_page_shows_who_has_no_name_first(editor_client, told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    page = page_of(editor_client, told)
    assert page.index("Speaker 2") < page.index("Named by eddie")
    assert "2 of 3 voices have no name yet" in page


def test_viewer_sees_everything_and_can_change_nothing(viewer_client, told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    page = page_of(viewer_client, told)
    assert "Named by eddie" in page
    assert 'class="sample"' in page
    assert "<form" not in page.split('id="voices"')[1]
    assert "Undo" not in page


def test_session_without_voices_says_what_to_do(editor_client, session):
    assert "No voices yet" in page_of(editor_client, session)


def test_naming_answers_with_the_voices_and_the_way_back(editor_client, told):
    response = act(editor_client, "voice-name", voice(told, 1), {"name": " Anna "})
    page = response.content.decode()
    assert names(told)[1] == "Anna"
    assert "<html" not in page
    assert "Named Speaker 1 → Anna." in page
    assert "Undo: named Speaker 1 → Anna" in page


def test_naming_without_scripts_leads_back_to_the_voice(editor_client, told):
    response = act(editor_client, "voice-name", voice(told, 1), {"name": "Anna"}, htmx=False)
    assert response["Location"] == reverse("session-voices", args=[told.uuid]) + "#voice-1"
    assert "Named Speaker 1 → Anna." in page_of(editor_client, told)


def test_name_that_was_picked_counts_before_the_one_in_the_field(editor_client, told):
    act(editor_client, "voice-name", voice(told, 1), {"name": "Anna", "pick": "Tom"})
    assert names(told)[1] == "Tom"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_faulty_name_changes_nothing_and_is_told(editor_client, told, name):
    response = act(editor_client, "voice-name", voice(told, 1), {"name": name})
    assert response.status_code == 422
    assert 'class="failed"' in response.content.decode()
    assert not Assignment.objects.filter(locked=True).exists()
    response = act(editor_client, "voice-name", voice(told, 1), {"name": name}, htmx=False)
    assert response.status_code == 302
    assert 'class="message error"' in page_of(editor_client, told)


def test_name_of_a_character_means_its_player(editor_client, campaign, told):
    mira = Character.objects.create(party=campaign.party, name="Mira", player_name="Anna")
    act(editor_client, "voice-name", voice(told, 1), {"name": "mira"})
    speaker = Speaker.objects.get()
    assert (speaker.name, speaker.character) == ("Anna", mira)


def test_name_of_a_person_means_that_person_though_a_character_is_called_so(editor_client, campaign, told):
    Character.objects.create(party=campaign.party, name="Tom", player_name="Anna")
    Character.objects.create(party=campaign.party, name="Borin", player_name="Tom")
    act(editor_client, "voice-name", voice(told, 1), {"name": "Tom"})
    assert Speaker.objects.get().name == "Tom"


def test_confirmed_suggestion_is_still_told_to_be_recognised(editor_client, told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    act(editor_client, "voice-name", voice(later, 2), {"name": "Anna"})
    assert Assignment.objects.get(voice=voice(later, 2)).how == How.ROSTER
    assert "Recognised, confirmed by eddie." in page_of(editor_client, later)


def test_leaving_unnamed_and_letting_scribe_decide(editor_client, told, later, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    act(editor_client, "voice-unname", voice(later, 2))
    assert names(later)[2] == "Speaker 2"
    act(editor_client, "voice-release", voice(later, 2))
    assert names(later)[2] == "Anna"


def test_merging_and_separating(editor_client, told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    response = act(editor_client, "voice-merge", voice(told, 2), {"into": str(voice(told, 1).uuid)})
    assert "Speaker 2 is part of this voice" in response.content.decode()
    assert names(told)[2] == "Anna"
    act(editor_client, "voice-separate", voice(told, 2))
    assert names(told)[2] == "Speaker 2"


def test_voice_of_another_session_cannot_be_merged_with(editor_client, told, later):
    response = act(editor_client, "voice-merge", voice(told, 2), {"into": str(voice(later, 1).uuid)})
    assert response.status_code == 422
    assert "not there any more" in response.content.decode()
    assert not Change.objects.exists()


def test_voice_cannot_be_merged_with_itself_or_with_nothing(editor_client, told):
    for into in (str(voice(told, 2).uuid), ""):
        assert act(editor_client, "voice-merge", voice(told, 2), {"into": into}).status_code == 422


def test_undo_takes_the_last_step_back_and_offers_the_one_before(editor_client, told):
    act(editor_client, "voice-name", voice(told, 1), {"name": "Anna"})
    act(editor_client, "voice-name", voice(told, 2), {"name": "Tom"})
    page = act(editor_client, "change-undo", last_change(told)).content.decode()
    assert names(told) == {1: "Anna", 2: "Speaker 2", 3: "Speaker 3"}
    assert "Undone: named Speaker 2 → Tom." in page
    assert "Undo: named Speaker 1 → Anna" in page


def test_undo_that_is_too_late_says_why(editor_client, told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    first = last_change(told)
    decisions.name_voice(voice(told, 1), "Tom", editor)
    response = act(editor_client, "change-undo", first)
    assert response.status_code == 422
    assert "changed again since" in response.content.decode()
    act(editor_client, "change-undo", first, htmx=False)
    assert "changed again since" in page_of(editor_client, told)


def test_undo_from_another_page_nudges_that_page(editor_client, told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    address = reverse("change-undo", args=[last_change(told).uuid])
    response = editor_client.post(address, headers={"HX-Request": "true", "HX-Target": "transcript-body"})
    assert response["HX-Trigger"] == "transcript-changed"
    assert 'id="messages"' in response.content.decode()
    assert 'id="voices"' not in response.content.decode()


@pytest.mark.parametrize(
    ("target", "expected"), [("/party/?x=1", "/party/?x=1"), ("https://elsewhere.example/", None), ("", None)]
)
def test_undo_without_scripts_goes_on_where_the_page_says_but_never_elsewhere(
    editor_client, told, editor, target, expected
):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    response = act(editor_client, "change-undo", last_change(told), {"next": target}, htmx=False)
    assert response["Location"] == (expected or told.get_absolute_url())


def test_proposals_are_shown_with_their_reasons_and_confirmed_at_once(editor_client, told, editor):
    for number, name in ((1, "Anna"), (2, "Tom")):
        Assignment.objects.create(
            voice=voice(told, number),
            speaker=Speaker.objects.create(campaign=told.campaign, name=name),
            how=How.ROSTER,
            suggested=True,
            score=0.8,
        )
    page = page_of(editor_client, told, "voices-propose")
    assert "sounds like Anna, 80 %" in page
    assert "No idea who these are" in page
    data = {f"name-{voice(told, number).uuid}": name for number, name in ((1, "Anna"), (2, "Tom"))}
    data |= {"voice": [str(voice(told, 1).uuid), str(voice(told, 2).uuid)], "proposing": "1"}
    answered = act(editor_client, "voices-confirm", told, data).content.decode()
    assert names(told) == {1: "Anna", 2: "Tom", 3: "Speaker 3"}
    assert "Confirmed 2 names." in answered
    assert "does not guess" in answered


def test_one_proposal_alone_is_confirmed_by_its_button(editor_client, told):
    data = {f"name-{voice(told, number).uuid}": name for number, name in ((1, "Anna"), (2, "Tom"))}
    data |= {"voice": [str(voice(told, 1).uuid), str(voice(told, 2).uuid)], "only": str(voice(told, 2).uuid)}
    act(editor_client, "voices-confirm", told, data)
    assert names(told) == {1: "Speaker 1", 2: "Tom", 3: "Speaker 3"}
    assert Assignment.objects.get(locked=True).how == How.PARTY


@pytest.mark.parametrize("data", [{}, {"voice": "nonsense"}, {"only": "1"}])
def test_confirming_nothing_is_refused(editor_client, told, data):
    assert act(editor_client, "voices-confirm", told, data).status_code == 422


def test_voice_of_another_session_is_not_confirmed_with_these(editor_client, told, later):
    stranger = voice(later, 1)
    data = {"voice": str(stranger.uuid), f"name-{stranger.uuid}": "Anna"}
    assert act(editor_client, "voices-confirm", told, data).status_code == 422
    assert not Speaker.objects.exists()


def test_number_of_queries_does_not_grow_with_the_voices(
    editor_client, session, editor, django_assert_max_num_queries
):
    tell(session, lines=240, voices=12)
    for number in range(1, 7):
        decisions.name_voice(voice(session, number), f"Player {number}", editor)
    with django_assert_max_num_queries(17):
        page_of(editor_client, session)
    with django_assert_max_num_queries(18):
        page_of(editor_client, session, "voices-propose")


def test_page_speaks_where_numbers_have_points(editor_client, told):
    """Numbers in addresses and measures are never written with a language's separators."""
    told.segments.update(start_ms=5_000_000, end_ms=5_004_000)
    Session.objects.update(audio_name="sound.wav")
    with translation.override("nl"):
        page = editor_client.get(
            reverse("session-voices", args=[told.uuid]), headers={"Accept-Language": "nl"}
        ).content.decode()
    assert 'data-start="4999880"' in page


def test_session_leads_to_the_naming_while_somebody_has_no_name(editor_client, told, editor):
    address = reverse("session-voices", args=[told.uuid])
    page = editor_client.get(told.get_absolute_url()).content.decode()
    assert "Name the voices" in page
    assert f'href="{address}#voice-2"' in page
    for each in told.voices.all():
        decisions.leave_unnamed(each, editor)
    page = editor_client.get(told.get_absolute_url()).content.decode()
    assert "Name the voices" not in page
    assert f'href="{address}"' in page


def test_line_of_sessions_says_how_many_voices_are_to_be_named(editor_client, viewer_client, told, editor):
    decisions.name_voice(voice(told, 1), "Anna", editor)
    campaign = told.campaign.get_absolute_url()
    assert "2 voices to name" in editor_client.get(campaign).content.decode()
    assert "voices to name" not in viewer_client.get(campaign).content.decode()


def test_block_of_lines_leads_to_its_voices(viewer_client, told):
    block = viewer_client.get(reverse("session-lines", args=[told.uuid, 0, 60])).content.decode()
    assert f'href="{reverse("session-voices", args=[told.uuid])}#voice-1"' in block


def test_voice_that_a_run_removes_meanwhile_is_not_there(editor_client, told, monkeypatch):
    voice = told.voices.get(number=3)
    monkeypatch.setattr(
        "speakers_app.views.voices.how_proposed",
        lambda session, names: voice.delete() and {each: (name, How.PERSON) for each, name in names.items()},
    )
    answer = editor_client.post(reverse("voice-name", args=[voice.uuid]), {"name": "Anna"})
    assert answer.status_code == 404
    assert not Speaker.objects.exists()
