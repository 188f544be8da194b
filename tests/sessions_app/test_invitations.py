"""Links are signed, expire, can be revoked, and never lower a role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from sessions_app.invitations import accept, links_of, open_invitation, revoke, token_of
from sessions_app.models import Invitation, Membership, Role


@pytest.fixture
def invitation(campaign) -> Invitation:
    return Invitation.objects.create(campaign=campaign, role=Role.VIEWER)


def test_link_stands_for_its_invitation(invitation):
    assert open_invitation(token_of(invitation)) == invitation


def test_expired_link_lets_nobody_in(invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert open_invitation(token_of(invitation)) is None


def test_revoked_link_lets_nobody_in(invitation):
    revoke(invitation)
    assert open_invitation(token_of(invitation)) is None


def test_revoking_again_keeps_the_first_moment(invitation):
    revoke(invitation)
    first = Invitation.objects.get().revoked_at
    revoke(invitation)
    assert Invitation.objects.get().revoked_at == first


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token.split(":")[0],
        lambda token: "",
        lambda token: ":",
        lambda token: signing.Signer(salt="another").sign_object(["0" * 32, "x"]),
    ],
    ids=["cut", "longer", "unsigned", "empty", "colon", "another salt"],
)
def test_forged_link_lets_nobody_in(invitation, forge):
    assert open_invitation(forge(token_of(invitation))) is None


def test_nonce_must_match(invitation):
    token = token_of(invitation)
    Invitation.objects.update(nonce="another")
    assert open_invitation(token) is None


def test_newcomer_gets_the_role_of_the_link(invitation, outsider):
    membership, joined = accept(invitation, outsider)
    assert (membership.role, joined) == (Role.VIEWER, True)
    assert Invitation.objects.get().used == 1


def test_owner_who_follows_a_viewers_link_stays_owner(invitation, campaign, owner):
    _membership, joined = accept(invitation, owner)
    assert not joined
    assert Membership.objects.get(campaign=campaign, user=owner).role == Role.OWNER
    assert Invitation.objects.get().used == 0


@pytest.mark.parametrize(
    ("host", "here_only"),
    [("http://localhost:8000", True), ("http://127.0.0.1:8000", True), ("https://scribe.example.org", False)],
)
def test_link_to_this_machines_own_name_is_told_apart(invitation, campaign, host, here_only):
    (link,) = links_of(campaign, lambda path: host + path)
    assert link.opens_here_only is here_only
