import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from sessions_app.demo import make_demo
from sessions_app.models import Campaign, Run, User

pytestmark = pytest.mark.django_db


def test_the_button_makes_a_campaign_whose_sessions_are_being_processed(outsider_client, outsider):
    response = outsider_client.post(reverse("demo-create"))
    campaign = Campaign.objects.owned_by(outsider).get(sessions__number=2)
    assert response.url == campaign.get_absolute_url()
    assert campaign.party.characters.count() == 4
    assert {s.language for s in campaign.sessions.all()} == {"nl", "en"}
    assert Run.objects.active().filter(session__campaign=campaign).count() == 2
    for session in campaign.sessions.all():
        recording = session.recordings.get()
        assert recording.file.size == recording.size > 100_000


def test_a_second_press_leads_to_the_same_campaign(owner):
    assert make_demo(owner) == make_demo(owner)
    assert Campaign.objects.owned_by(owner).count() == 1


def test_reading_the_address_changes_nothing(owner_client):
    assert owner_client.get(reverse("demo-create")).status_code == 405


def test_the_command_needs_an_account(db):
    with pytest.raises(CommandError, match="no account"):
        call_command("demo")
    User.objects.create_user("first")
    call_command("demo")
    assert Campaign.objects.count() == 1
