"""A campaign never loses its last owner."""

from __future__ import annotations

import pytest

from sessions_app.members import LastOwnerError, change_role, remove_member
from sessions_app.models import Membership, Role


def _membership(campaign, user) -> Membership:
    return Membership.objects.get(campaign=campaign, user=user)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_last_owner_cannot_be_demoted(campaign, owner, role):
    with pytest.raises(LastOwnerError):
        change_role(_membership(campaign, owner), role)
    assert _membership(campaign, owner).role == Role.OWNER


def test_last_owner_cannot_be_removed(campaign, owner):
    with pytest.raises(LastOwnerError):
        remove_member(_membership(campaign, owner))
    assert _membership(campaign, owner)


def test_owner_of_another_campaign_does_not_count(campaign, owner, outsider):
    with pytest.raises(LastOwnerError):
        remove_member(_membership(campaign, owner))


def test_owner_may_go_once_another_has_come(campaign, owner, editor):
    change_role(_membership(campaign, editor), Role.OWNER)
    change_role(_membership(campaign, owner), Role.VIEWER)
    assert _membership(campaign, owner).role == Role.VIEWER
    with pytest.raises(LastOwnerError):
        remove_member(_membership(campaign, editor))


def test_others_come_and_go_freely(campaign, viewer, editor):
    remove_member(_membership(campaign, viewer))
    remove_member(_membership(campaign, editor))
    assert campaign.memberships.count() == 1
