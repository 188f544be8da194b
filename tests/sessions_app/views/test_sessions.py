"""Adding, changing and deleting an evening of play."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sessions_app.models import Session

FIELDS = {"number": 2, "title": "The cellar", "date": "2026-01-02", "language": "en", "notes": "Late start"}


def test_new_session_starts_with_the_next_number_and_the_campaigns_language(editor_client, session):
    response = editor_client.get(reverse("session-create", args=[session.campaign.uuid]))
    form = response.context["form"]
    assert form["number"].value() == 2
    assert form["language"].value() == "nl"


def test_editor_adds_a_session_and_lands_on_it(editor_client, campaign):
    response = editor_client.post(reverse("session-create", args=[campaign.uuid]), FIELDS)
    session = Session.objects.get(title="The cellar")
    assert session.campaign == campaign
    assert response["Location"] == session.get_absolute_url()


def test_number_that_somebody_takes_in_the_same_instant_is_asked_for_again(
    editor_client, campaign, monkeypatch
):
    taken = Session.objects.filter(number=2)
    monkeypatch.setattr("sessions_app.forms.campaigns.SessionForm.clean_number", lambda form: 2)
    Session.objects.create(campaign=campaign, number=2)
    response = editor_client.post(reverse("session-create", args=[campaign.uuid]), FIELDS)
    assert list(response.context["form"].errors) == ["number"]
    assert taken.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 1),
        ("number", -1),
        ("date", "yesterday"),
        ("language", "fr"),
        ("speakers_min", 0),
        ("speakers_max", 21),
    ],
)
def test_nonsense_is_refused(field, value, editor_client, session):
    response = editor_client.post(
        reverse("session-create", args=[session.campaign.uuid]), {**FIELDS, field: value}
    )
    assert list(response.context["form"].errors) == [field]
    assert Session.objects.count() == 1


def test_fewest_voices_cannot_exceed_the_most(editor_client, campaign):
    data = {**FIELDS, "speakers_min": 5, "speakers_max": 3}
    response = editor_client.post(reverse("session-create", args=[campaign.uuid]), data)
    assert "speakers_max" in response.context["form"].errors


def test_same_number_in_another_campaign_is_fine(outsider_client, outsider, session):
    campaign = outsider.campaigns.get()
    outsider_client.post(reverse("session-create", args=[campaign.uuid]), {**FIELDS, "number": 1})
    assert campaign.sessions.get().number == 1


def test_editing_keeps_the_number(editor_client, session):
    address = reverse("session-edit", args=[session.uuid])
    response = editor_client.post(address, {**FIELDS, "number": 1})
    session.refresh_from_db()
    assert (session.title, session.language) == ("The cellar", "en")
    assert response["Location"] == session.get_absolute_url()


def test_deleting_asks_once(editor_client, session):
    address = reverse("session-delete", args=[session.uuid])
    assert "cannot be undone" in editor_client.get(address).content.decode()
    assert Session.objects.exists()
    editor_client.post(address)
    assert not Session.objects.exists()
