"""Roles, removing and leaving, as owners and members meet them."""

from __future__ import annotations

from django.urls import reverse

from sessions_app.invitations import revoke
from sessions_app.models import Invitation, Membership, Role


def _membership(campaign, user) -> Membership:
    return Membership.objects.get(campaign=campaign, user=user)


def test_owner_makes_a_viewer_editor(owner_client, campaign, viewer):
    address = reverse("member-role", args=[_membership(campaign, viewer).uuid])
    page = owner_client.post(address, {"role": "editor"}, follow=True).content.decode()
    assert "vera is now editor" in page
    assert _membership(campaign, viewer).role == Role.EDITOR


def test_unknown_role_changes_nothing(owner_client, campaign, viewer):
    owner_client.post(reverse("member-role", args=[_membership(campaign, viewer).uuid]), {"role": "king"})
    assert _membership(campaign, viewer).role == Role.VIEWER


def test_last_owner_is_told_why_they_stay(owner_client, campaign, owner):
    address = reverse("member-role", args=[_membership(campaign, owner).uuid])
    page = owner_client.post(address, {"role": "viewer"}, follow=True).content.decode()
    assert "A campaign needs an owner" in page


def test_removed_member_no_longer_sees_the_campaign(owner_client, viewer_client, campaign, viewer):
    owner_client.post(reverse("member-remove", args=[_membership(campaign, viewer).uuid]))
    assert viewer_client.get(campaign.get_absolute_url()).status_code == 404


def test_removing_asks_once(owner_client, campaign, viewer):
    page = owner_client.get(reverse("member-remove", args=[_membership(campaign, viewer).uuid]))
    assert "Remove vera" in page.content.decode()
    assert _membership(campaign, viewer)


def test_viewer_leaves(viewer_client, campaign):
    address = reverse("campaign-leave", args=[campaign.uuid])
    assert viewer_client.get(address).status_code == 200
    assert viewer_client.post(address)["Location"] == reverse("campaign-list")
    assert viewer_client.get(campaign.get_absolute_url()).status_code == 404


def test_last_owner_cannot_leave(owner_client, campaign):
    response = owner_client.post(reverse("campaign-leave", args=[campaign.uuid]), follow=True)
    assert "You are the only owner" in response.content.decode()
    assert owner_client.get(campaign.get_absolute_url()).status_code == 200


def test_only_owners_see_invitation_links(owner_client, editor_client, campaign):
    owner_client.post(reverse("invitation-create", args=[campaign.uuid]), {"role": "viewer"})
    address = reverse("member-list", args=[campaign.uuid])
    assert "/join/" in owner_client.get(address).content.decode()
    assert "/join/" not in editor_client.get(address).content.decode()


def test_who_removes_a_member_hears_of_links_that_let_them_in_again(owner_client, campaign, viewer, editor):
    def removed(user):
        return owner_client.post(
            reverse("member-remove", args=[_membership(campaign, user).uuid]), follow=True
        ).content.decode()

    link = Invitation.objects.create(campaign=campaign)
    assert "can join again" in removed(viewer)
    revoke(link)
    assert "can join again" not in removed(editor)
