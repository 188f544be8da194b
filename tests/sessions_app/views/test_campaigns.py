"""The list of campaigns and each one's page: what they lead to, and what only owners may do."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from sessions_app.models import Campaign, Membership, Recording, Role, Run, Session, State, User, Voice
from tests.sessions_app.transcripts.telling import tell


@pytest.fixture
def newcomer_client(client, db):
    client.force_login(User.objects.create_user("nina", password="x"))
    return client


def test_empty_list_leads_to_a_first_campaign(newcomer_client):
    page = newcomer_client.get(reverse("campaign-list")).content.decode()
    assert reverse("campaign-create") in page
    assert reverse("demo-create") in page


def test_list_shows_no_campaign_of_others(outsider_client, campaign):
    page = outsider_client.get(reverse("campaign-list")).content.decode()
    assert "Elsewhere" in page
    assert "The Sunken Keep" not in page


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (None, "Send in the recording"),
        (State.RUNNING, "Watch it being written"),
        (State.FAILED, "See what to do"),
        (State.DONE, "See what to do"),  # for nobody spoke
    ],
)
def test_list_says_what_to_do_next(state, says, owner_client, session):
    if state:
        Run.objects.create(session=session, state=state)
    page = owner_client.get(reverse("campaign-list")).content.decode()
    assert re.search(rf'href="{session.get_absolute_url()}">{says}', page)


def test_list_leads_to_the_last_transcript(owner_client, session):
    tell(session, lines=1, voices=1)
    page = owner_client.get(reverse("campaign-list")).content.decode()
    assert re.search(rf'href="{session.get_absolute_url()}">Read the last session', page)


def test_list_asks_a_viewer_to_send_nothing(viewer_client, session):
    page = viewer_client.get(reverse("campaign-list")).content.decode()
    assert "Send in the recording" not in page
    assert reverse("session-create", args=[session.campaign.uuid]) not in page


def test_who_makes_a_campaign_owns_it_and_finds_its_party(newcomer_client):
    response = newcomer_client.post(reverse("campaign-create"), {"name": "Dragons", "language": "en"})
    campaign = Campaign.objects.get(name="Dragons")
    assert response["Location"] == reverse("party", args=[campaign.uuid])
    assert campaign.memberships.get().role == Role.OWNER
    assert campaign.party.characters.count() == 0


def test_campaign_needs_a_name(newcomer_client):
    response = newcomer_client.post(reverse("campaign-create"), {"name": " ", "language": "en"})
    assert response.status_code == 200
    assert not Campaign.objects.exists()


def test_owner_renames_the_campaign(owner_client, campaign):
    owner_client.post(reverse("campaign-edit", args=[campaign.uuid]), {"name": "Dry Keep", "language": "en"})
    campaign.refresh_from_db()
    assert campaign.name == "Dry Keep"


def test_page_keeps_the_old_name_while_the_new_one_is_wrong(owner_client, campaign):
    response = owner_client.post(
        reverse("campaign-edit", args=[campaign.uuid]), {"name": "", "language": "en"}
    )
    assert "The Sunken Keep" in response.content.decode()


def test_deleting_asks_for_the_name(owner_client, campaign):
    address = reverse("campaign-delete", args=[campaign.uuid])
    owner_client.post(address, {"name": "Another"})
    assert Campaign.objects.filter(pk=campaign.pk).exists()
    owner_client.post(address, {"name": "the sunken keep "})
    assert not Campaign.objects.filter(pk=campaign.pk).exists()


def test_page_shows_each_session_with_talk_time(owner_client, session):
    Voice.objects.create(session=session, number=1, talk_ms=3000)
    Voice.objects.create(session=session, number=2, talk_ms=1000)
    Session.objects.filter(pk=session.pk).update(duration_ms=8_040_000)
    page = owner_client.get(session.campaign.get_absolute_url()).content.decode()
    assert "The gate" in page
    assert "2 h 14 min" in page
    assert "Speaker 1" in page
    assert "75%" in page


def test_page_without_sessions_leads_to_the_first(owner_client, viewer_client, campaign):
    address = campaign.get_absolute_url()
    assert reverse("session-create", args=[campaign.uuid]) in owner_client.get(address).content.decode()
    assert reverse("session-create", args=[campaign.uuid]) not in viewer_client.get(address).content.decode()


def test_page_of_many_sessions_takes_few_queries(owner_client, campaign, django_assert_max_num_queries):
    for number in range(1, 31):
        session = Session.objects.create(campaign=campaign, number=number)
        Run.objects.create(session=session, state=State.DONE)
        Voice.objects.create(session=session, number=1, talk_ms=1000)
    with django_assert_max_num_queries(9):
        owner_client.get(campaign.get_absolute_url())


def test_deleting_a_campaign_takes_its_files_along(
    owner_client, session, django_capture_on_commit_callbacks, settings
):
    default_storage.save(f"{session.folder}/prepared-1.wav", ContentFile(b"sound"))
    Recording.objects.create(
        session=session,
        file=ContentFile(b"x", name="gate.flac"),
        original_name="gate.flac",
        size=1,
        sha256="0" * 64,
    )
    with django_capture_on_commit_callbacks(execute=True):
        owner_client.post(
            reverse("campaign-delete", args=[session.campaign.uuid]), {"name": "The Sunken Keep"}
        )
    assert not Membership.objects.filter(campaign__name="The Sunken Keep").exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    assert not default_storage.exists(session.folder)


def test_names_are_escaped(owner_client, campaign):
    Campaign.objects.update(name="<script>alert(1)</script>")
    assert "<script>alert" not in owner_client.get(campaign.get_absolute_url()).content.decode()
