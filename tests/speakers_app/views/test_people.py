"""The pages of people: what each shows, what it changes, and what it explains instead."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from sessions_app.models import Character, Errand, ErrandKind, Session, State
from speakers_app import decisions
from speakers_app.merging import merge_people
from speakers_app.models import Assignment, Change, Consent, Speaker, Voiceprint
from tests.speakers_app.conftest import MODEL, sound_of
from tests.speakers_app.test_enrolment import sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(told, editor) -> Speaker:
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    return Speaker.objects.get(name="Anna")


@pytest.fixture
def vera(anna, viewer) -> Speaker:
    """Anna, who is the viewer."""
    anna.member = viewer
    anna.save()
    return anna


def read_aloud(speaker: Speaker) -> Voiceprint:
    name = default_storage.save("readings/anna.wav", ContentFile(b"RIFFsound"))
    return Voiceprint.objects.create(
        speaker=speaker, vector=list(sound_of("A", 9)), model=MODEL, speech_ms=9000, audio_name=name
    )


def page(client, name: str, of) -> str:
    response = client.get(reverse(name, args=[of.uuid]))
    assert response.status_code == 200
    return response.content.decode()


def test_empty_list_leads_to_naming_the_latest_session(campaign, told, later, editor_client, viewer_client):
    voices = reverse("session-voices", args=[later.uuid])
    assert voices in page(editor_client, "speaker-list", campaign)
    assert voices not in page(viewer_client, "speaker-list", campaign)
    Session.objects.all().delete()
    assert "First a session needs a transcript" in page(editor_client, "speaker-list", campaign)


def test_list_says_how_well_each_is_known_and_how_much_they_talk(campaign, anna, later, viewer_client):
    html = page(viewer_client, "speaker-list", campaign)
    assert "known from 1 session" in html
    assert "2 sessions" in html
    assert "1: 0:14 (40%)" in html


def test_person_is_edited_and_it_is_undone_from_the_list(campaign, anna, editor_client, viewer):
    mira = Character.objects.create(party=campaign.party, name="Mira")
    data = {
        "name": " Anneke  B ",
        "role": "dm",
        "member": viewer.pk,
        "character": mira.pk,
        "colour": "7",
    }
    response = editor_client.post(reverse("speaker-edit", args=[anna.uuid]), data)
    assert response.status_code == 302
    anna.refresh_from_db()
    assert (anna.name, anna.role, anna.member, anna.character, anna.colour) == (
        "Anneke B",
        "dm",
        viewer,
        mira,
        7,
    )
    change = Change.objects.first()
    assert reverse("change-undo", args=[change.uuid]) in page(editor_client, "speaker-list", campaign)
    editor_client.post(reverse("change-undo", args=[change.uuid]))
    anna.refresh_from_db()
    assert (anna.name, anna.member) == ("Anna", None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "tom"}, "merge them instead"),
        ({"colour": "13"}, "Select a valid choice"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_wrong_entries_are_refused(campaign, anna, editor_client, data, words):
    Speaker.objects.create(campaign=campaign, name="Tom")
    response = editor_client.post(
        reverse("speaker-edit", args=[anna.uuid]), {"name": "Anna", "role": "player", "colour": "1"} | data
    )
    assert words in response.content.decode()


def test_account_of_somebody_else_is_no_choice(campaign, anna, editor_client, viewer, outsider):
    Speaker.objects.create(campaign=campaign, name="Vera", member=viewer)
    form = editor_client.get(reverse("speaker-edit", args=[anna.uuid])).context["form"]
    assert {user.username for user in form.fields["member"].queryset} == {"olga", "eddie"}


def test_account_of_who_wants_not_to_be_kept_stays_theirs(vera, editor_client):
    Speaker.objects.update(consent=Consent.WITHDRAWN)
    editor_client.post(
        reverse("speaker-edit", args=[vera.uuid]),
        {"name": "Anna", "role": "player", "colour": "1", "member": ""},
    )
    vera.refresh_from_db()
    assert vera.member is not None


def test_editor_cannot_become_a_guest_who_refused(anna, editor, editor_client, owner, owner_client):
    Speaker.objects.update(consent=Consent.WITHDRAWN)
    data = {"name": "Anna", "role": "player", "colour": 1}
    address = reverse("speaker-edit", args=[anna.uuid])
    editor_client.post(address, {**data, "member": editor.pk})
    anna.refresh_from_db()
    assert anna.member is None
    owner_client.post(address, {**data, "member": owner.pk})
    anna.refresh_from_db()
    assert (anna.member, anna.consent) == (owner, Consent.WITHDRAWN)


def test_what_one_account_agreed_to_does_not_hold_for_another(vera, editor, editor_client):
    Speaker.objects.update(consent=Consent.GIVEN)
    data = {"name": "Anna", "role": "player", "colour": 1, "member": editor.pk}
    editor_client.post(reverse("speaker-edit", args=[vera.uuid]), data)
    vera.refresh_from_db()
    assert (vera.member, vera.consent) == (editor, Consent.UNASKED)


def test_two_people_are_merged(campaign, anna, editor_client):
    annie = Speaker.objects.create(campaign=campaign, name="Annie")
    response = editor_client.post(reverse("speaker-merge", args=[annie.uuid]), {"into": str(anna.uuid)})
    assert response["Location"] == anna.get_absolute_url()
    assert Speaker.objects.get() == anna


def test_merging_says_why_it_cannot_be(campaign, vera, editor, editor_client):
    other = Speaker.objects.create(campaign=campaign, name="Eddie", member=editor)
    response = editor_client.post(reverse("speaker-merge", args=[other.uuid]), {"into": str(vera.uuid)})
    assert "account of their own" in response.content.decode()


def test_people_of_other_campaigns_are_no_choice(anna, editor_client, outsider):
    elsewhere = Speaker.objects.create(campaign=outsider.campaigns.get(), name="Otto")
    editor_client.post(reverse("speaker-merge", args=[anna.uuid]), {"into": str(elsewhere.uuid)})
    assert Speaker.objects.count() == 2


def test_person_with_voices_is_not_removed(anna, editor_client):
    assert "Remove" not in page(editor_client, "speaker-detail", anna)
    editor_client.post(reverse("speaker-remove", args=[anna.uuid]))
    assert Speaker.objects.exists()


def test_viewer_forgets_their_own_voice_and_nobody_elses(campaign, vera, viewer_client):
    other = Speaker.objects.create(campaign=campaign, name="Tom")
    assert viewer_client.post(reverse("speaker-forget", args=[other.uuid])).status_code == 403
    assert "1 voiceprint" in page(viewer_client, "speaker-forget", vera)
    response = viewer_client.post(reverse("speaker-forget", args=[vera.uuid]))
    assert response["Location"] == reverse("own-voice", args=[campaign.uuid])
    assert not Voiceprint.objects.exists()


def test_only_the_person_takes_a_refusal_back(vera, owner_client, viewer_client):
    Speaker.objects.update(consent=Consent.WITHDRAWN)
    consent = reverse("speaker-consent", args=[vera.uuid])
    assert owner_client.post(consent).status_code == 403
    assert viewer_client.post(consent).status_code == 302
    vera.refresh_from_db()
    assert vera.consent == Consent.GIVEN


def test_owner_notes_that_a_guest_agreed(campaign, anna, owner_client):
    campaign.voice_consent_required = True
    campaign.save()
    assert "Anna agreed to be recognised" in page(owner_client, "speaker-detail", anna)
    owner_client.post(reverse("speaker-consent", args=[anna.uuid]))
    anna.refresh_from_db()
    assert anna.consent == Consent.GIVEN


def test_voiceprint_of_a_named_voice_goes_with_the_name(told, anna, editor_client):
    voiceprint = Voiceprint.objects.get()
    assert "As long as that name stands" in page(editor_client, "voiceprint-delete", voiceprint)
    editor_client.post(reverse("voiceprint-delete", args=[voiceprint.uuid]))
    assert not Voiceprint.objects.exists()
    assert told.voices.get(number=1).assignment.speaker is None


def test_viewer_deletes_their_reading_but_takes_no_name_away(vera, viewer_client):
    confirmed, reading = Voiceprint.objects.get(), read_aloud(vera)
    assert viewer_client.post(reverse("voiceprint-delete", args=[confirmed.uuid])).status_code == 403
    assert viewer_client.post(reverse("voiceprint-delete", args=[reading.uuid])).status_code == 302
    assert Voiceprint.objects.get() == confirmed


def test_reading_is_heard_by_its_owner_and_by_editors_alone(
    campaign, vera, viewer_client, editor_client, owner
):
    sound_url = reverse("voiceprint-audio", args=[read_aloud(vera).uuid])
    for client in (viewer_client, editor_client):
        response = client.get(sound_url)
        assert b"".join(response) == b"RIFFsound"
    Speaker.objects.update(member=owner)
    assert viewer_client.get(sound_url).status_code == 403
    assert "The text that was read" not in page(viewer_client, "speaker-detail", vera)


def test_own_voice_says_what_is_kept_and_what_was_said(campaign, vera, viewer_client):
    html = page(viewer_client, "own-voice", campaign)
    assert "1 voiceprint of you is kept" in html
    assert "You were not asked" in html
    assert "De herberg zit vol" in html
    Speaker.objects.update(consent=Consent.WITHDRAWN)
    assert "You do not want to be recognised" in page(viewer_client, "own-voice", campaign)


def test_own_voice_of_who_is_not_known_yet(campaign, viewer_client):
    assert "none of the people known here" in page(viewer_client, "own-voice", campaign)


def test_reading_is_sent_and_followed(campaign, viewer_client, monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)
    file = sound()
    file.name = "reading.wav"
    response = viewer_client.post(reverse("own-voice-read", args=[campaign.uuid]), {"sound": file})
    assert response["Location"] == reverse("own-voice", args=[campaign.uuid])
    task = Errand.objects.get()
    progress = reverse("own-voice-task", args=[campaign.uuid])
    assert "waits for a worker" in viewer_client.get(progress).content.decode()
    assert viewer_client.get(progress, {"seen": "waiting"}).status_code == 204
    Errand.objects.update(state=State.FAILED, message="Read again.")
    assert "Read again." in viewer_client.get(progress, {"seen": "waiting"}).content.decode()
    assert task.kind == ErrandKind.ENROL


def test_what_is_no_sound_is_refused_beside_the_field(campaign, viewer_client):
    file = ContentFile(b"no sound at all", name="reading.wav")
    response = viewer_client.post(reverse("own-voice-read", args=[campaign.uuid]), {"sound": file})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not Errand.objects.exists()


def test_too_large_a_file_is_refused(campaign, viewer_client, monkeypatch):
    monkeypatch.setattr("speakers_app.forms.people.MOST_BYTES", 10)
    file = ContentFile(b"more than ten bytes", name="reading.wav")
    response = viewer_client.post(reverse("own-voice-read", args=[campaign.uuid]), {"sound": file})
    assert "at most 20 MB" in response.content.decode()


def test_account_page_leads_to_the_voice_in_each_campaign(campaign, viewer_client):
    html = viewer_client.get(reverse("account")).content.decode()
    assert reverse("own-voice", args=[campaign.uuid]) in html


def test_merge_is_told_on_the_list(campaign, anna, editor, editor_client):
    merge_people(Speaker.objects.create(campaign=campaign, name="Annie"), anna, editor)
    assert "Annie → Anna" in page(editor_client, "speaker-list", campaign)


def test_who_has_left_can_still_have_their_voice_forgotten(campaign, vera, viewer, viewer_client):
    campaign.memberships.filter(user=viewer).delete()
    forget_url = reverse("speaker-forget", args=[vera.uuid])
    assert forget_url in viewer_client.get(reverse("account")).content.decode()
    html = viewer_client.get(forget_url).content.decode()
    assert reverse("speaker-list", args=[campaign.uuid]) not in html
    assert viewer_client.post(forget_url)["Location"] == reverse("account")
    assert not Voiceprint.objects.exists()
    assert forget_url not in viewer_client.get(reverse("account")).content.decode()
    assert viewer_client.get(vera.get_absolute_url()).status_code == 404


def test_asking_first_forgets_at_once_who_was_not_asked(campaign, anna, later, owner_client):
    edit = reverse("campaign-edit", args=[campaign.uuid])
    data = {"name": campaign.name, "language": "nl"}
    owner_client.post(edit, data | {"voice_consent_required": "on"})
    assert not Voiceprint.objects.exists()
    assert not Assignment.objects.filter(voice__session=later).exists()
    owner_client.post(edit, data)
    assert Voiceprint.objects.count() == 1
