"""A link leads a newcomer through signing up or logging in, into the campaign."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sessions_app.invitations import token_of
from sessions_app.models import Invitation, Membership, Role, User

PASSWORD = "seven quiet lanterns"


@pytest.fixture
def invitation(campaign, owner) -> Invitation:
    return Invitation.objects.create(campaign=campaign, role=Role.EDITOR, created_by=owner)


@pytest.fixture
def address(invitation) -> str:
    return reverse("join", args=[token_of(invitation)])


def _sign_up(client, address, **changes):
    fields = {"new-username": "nina", "new-email": "", "new-password1": PASSWORD, "new-password2": PASSWORD}
    return client.post(address, {**fields, **changes, "sign-up": "1"})


def test_newcomer_sees_who_invites_to_what(client, address):
    page = client.get(address).content.decode()
    assert "The Sunken Keep" in page
    assert "olga" in page


def test_newcomer_signs_up_and_lands_in_the_campaign(client, address, campaign):
    response = _sign_up(client, address)
    assert response["Location"] == campaign.get_absolute_url()
    assert "The Sunken Keep" in client.get(campaign.get_absolute_url()).content.decode()
    assert Membership.objects.get(user__username="nina").role == Role.EDITOR


@pytest.mark.parametrize(
    "changes",
    [
        {"new-username": ""},
        {"new-username": "OLGA"},
        {"new-password2": "another"},
        {"new-password1": "12345", "new-password2": "12345"},
        {"new-email": "not an address"},
    ],
)
def test_faulty_sign_up_makes_no_account(changes, client, address):
    response = _sign_up(client, address, **changes)
    assert response.status_code == 200
    assert response.context["sign_up"].errors
    assert User.objects.count() == 3


def test_who_has_an_account_logs_in_and_lands_in_the_campaign(client, address, campaign, outsider):
    data = {"username": "otto", "password": "correct horse", "log-in": "1"}
    assert client.post(address, data)["Location"] == campaign.get_absolute_url()
    assert Membership.objects.get(user=outsider, campaign=campaign).role == Role.EDITOR


def test_wrong_password_lets_nobody_in(client, address, outsider, campaign):
    response = client.post(address, {"username": "otto", "password": "wrong", "log-in": "1"})
    assert response.context["log_in"].errors
    assert not response.context["sign_up"].errors
    assert not Membership.objects.filter(user=outsider, campaign=campaign).exists()


def test_who_is_logged_in_joins_with_one_button(outsider_client, address, outsider, campaign):
    assert outsider_client.get(address).status_code == 200
    assert not Membership.objects.filter(user=outsider, campaign=campaign).exists()
    assert outsider_client.post(address)["Location"] == campaign.get_absolute_url()
    assert Membership.objects.get(user=outsider, campaign=campaign).role == Role.EDITOR


def test_member_just_goes_there_and_keeps_their_role(owner_client, owner, address, campaign):
    assert owner_client.get(address)["Location"] == campaign.get_absolute_url()
    assert Membership.objects.get(user=owner).role == Role.OWNER


@pytest.mark.parametrize("how", ["forged", "revoked"])
def test_closed_link_says_so_without_naming_the_campaign(how, client, owner_client, invitation, address):
    if how == "forged":
        address = reverse("join", args=["forged"])
    else:
        owner_client.post(reverse("invitation-revoke", args=[invitation.uuid]))
    response = client.get(address)
    assert response.status_code == 410
    assert "The Sunken Keep" not in response.content.decode()
    assert _sign_up(client, address).status_code == 410
    assert not User.objects.filter(username="nina").exists()


def test_link_gives_the_role_that_the_owner_picked(owner_client, campaign):
    owner_client.post(reverse("invitation-create", args=[campaign.uuid]), {"role": "owner"})
    assert Invitation.objects.get().role == Role.OWNER


def test_link_starts_as_viewers(owner_client, campaign):
    page = owner_client.get(reverse("member-list", args=[campaign.uuid]))
    assert page.context["form"]["role"].value() == Role.VIEWER


def test_signed_in_session_gets_a_new_key(client, address):
    client.get(address)
    before = client.session.session_key
    _sign_up(client, address)
    assert client.session.session_key != before
