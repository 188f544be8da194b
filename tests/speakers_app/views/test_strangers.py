"""Who owns another campaign and has guessed every id of this one: nothing of it can be brought into their own."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from sessions_app.models import Campaign, Character, Session, Voice
from sessions_app.transcripts.voices import voice_names
from speakers_app import decisions
from speakers_app.models import Assignment, Change, Consent, Speaker, Voiceprint
from tests.speakers_app.conftest import fill, sound_of

pytestmark = pytest.mark.django_db


@dataclass
class Theirs:
    """What the stranger owns."""

    campaign: Campaign
    session: Session
    voice: Voice
    speaker: Speaker


@pytest.fixture
def theirs(outsider, anna) -> Theirs:
    campaign = Campaign.objects.get(name="Elsewhere")
    session = fill(Session.objects.create(campaign=campaign, number=1), "XYXY")
    voice = session.voices.get(number=1)
    decisions.name_voice(voice, "Otto", outsider)
    return Theirs(campaign, session, voice, Speaker.objects.get(name="Otto"))


@pytest.fixture
def anna(told, editor) -> Speaker:
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    return Speaker.objects.get(name="Anna")


def everything(campaign: Campaign) -> object:
    """All of a campaign that could be taken away, changed or seen from outside."""
    return (
        sorted(Speaker.objects.filter(campaign=campaign).values_list("pk", "name", "consent", "member")),
        sorted(Voiceprint.objects.filter(speaker__campaign=campaign).values_list("pk", "speaker", "voice")),
        sorted(Assignment.objects.filter(voice__session__campaign=campaign).values_list("pk", "speaker")),
        sorted(Voice.objects.filter(session__campaign=campaign).values_list("pk", "session", "merged_into")),
        [list(each.segments.values_list("pk", "voice", "character")) for each in campaign.sessions.all()],
        Change.objects.filter(campaign=campaign, undone_at=None).count(),
    )


def test_ids_of_another_campaign_mean_nothing_in_forms(campaign, told, anna, theirs, outsider_client):
    before, own = everything(campaign), everything(theirs.campaign)
    mira = Character.objects.create(party=campaign.party, name="Mira")
    line, voice = told.segments.first(), told.voices.get(number=1)
    own_line = theirs.session.segments.first()
    tries = [
        ("lines-move", theirs.session, {"lines": line.uuid, "voice": theirs.voice.uuid}),
        ("lines-move", theirs.session, {"lines": own_line.uuid, "voice": voice.uuid}),
        ("lines-speak-as", theirs.session, {"lines": own_line.uuid, "character": mira.uuid}),
        ("voice-split", theirs.session, {"lines": line.uuid}),
        ("voices-confirm", theirs.session, {"voice": voice.uuid, f"name-{voice.uuid}": "Otto"}),
        ("voice-merge", theirs.voice, {"into": voice.uuid}),
        ("speaker-merge", theirs.speaker, {"into": anna.uuid}),
        (
            "speaker-edit",
            theirs.speaker,
            {"name": "Otto", "role": "dm", "colour": "3", "character": mira.pk, "member": ""},
        ),
    ]
    for address, of, data in tries:
        outsider_client.post(reverse(address, args=[of.uuid]), data)
        assert everything(campaign) == before, address
        assert everything(theirs.campaign) == own, address


def test_mapping_file_with_voices_of_another_campaign_is_refused(
    campaign, told, anna, theirs, outsider_client
):
    before, own = everything(campaign), everything(theirs.campaign)
    address = reverse("mapping-import", args=[theirs.campaign.uuid])
    exported = json.loads(
        outsider_client.get(reverse("mapping-export", args=[theirs.campaign.uuid])).content.decode()
    )
    exported["voices"] = {str(told.voices.get(number=1).uuid): {"name": "Otto", "role": "dm"}}
    sent = ContentFile(json.dumps(exported).encode(), name="speakers.json")
    page = outsider_client.post(address, {"file": sent}).content.decode()
    assert "seen" not in page
    assert "Anna" not in page
    assert (everything(campaign), everything(theirs.campaign)) == (before, own)


def test_name_of_somebody_elsewhere_is_somebody_else(anna, theirs, outsider_client):
    outsider_client.post(reverse("voice-name", args=[theirs.voice.uuid]), {"name": "Anna"})
    made = Speaker.objects.get(campaign=theirs.campaign, name="Anna")
    assert made != anna
    assert voice_names(theirs.session)[theirs.voice.pk].name == "Anna"


def test_who_is_no_editor_any_more_undoes_nothing(campaign, told, anna, editor, editor_client):
    change = Change.objects.get(session=told)
    campaign.memberships.filter(user=editor).delete()
    answer = editor_client.post(reverse("change-undo", args=[change.uuid]))
    assert answer.status_code == 404
    assert voice_names(told)[told.voices.get(number=1).pk].name == "Anna"


def test_who_has_left_reads_and_hears_nothing_but_can_have_their_voice_forgotten(
    campaign, told, anna, editor, editor_client
):
    name = default_storage.save("readings/eddie.wav", ContentFile(b"sound"))
    anna.member = editor
    anna.save()
    reading = Voiceprint.objects.create(
        speaker=anna, vector=list(sound_of("A")), model="m", speech_ms=9000, audio_name=name
    )
    campaign.memberships.filter(user=editor).delete()
    for address, of in (
        ("own-voice", campaign),
        ("own-voice-task", campaign),
        ("speaker-detail", anna),
        ("voiceprint-audio", reading),
        ("voiceprint-delete", reading),
        ("session-voices", told),
        ("mapping-export", campaign),
    ):
        assert editor_client.get(reverse(address, args=[of.uuid])).status_code == 404, address
    assert editor_client.post(reverse("own-voice-read", args=[campaign.uuid])).status_code == 404
    assert editor_client.post(reverse("speaker-consent", args=[anna.uuid])).status_code == 404
    editor_client.post(reverse("speaker-forget", args=[anna.uuid]))
    anna.refresh_from_db()
    assert anna.consent == Consent.WITHDRAWN
    assert not Voiceprint.objects.filter(speaker=anna).exists()


def test_no_page_or_file_tells_what_a_voice_sounds_like(campaign, told, anna, editor_client, owner_client):
    numbers = [f"{number:.6f}"[:9] for number in told.voices.get(number=1).embedding[:20]]
    for client in (editor_client, owner_client):
        for address, of in (
            ("session-voices", told),
            ("session-detail", told),
            ("speaker-detail", anna),
            ("speaker-list", campaign),
            ("own-voice", campaign),
            ("mapping-export", campaign),
        ):
            page = client.get(reverse(address, args=[of.uuid])).content.decode()
            assert not [number for number in numbers if number in page], address
