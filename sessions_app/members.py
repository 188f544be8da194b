"""What may happen to a membership; a campaign never loses its last owner.

>>> from sessions_app.models import Role
>>> membership = campaign.memberships.filter(role=Role.VIEWER).first()
>>> change_role(membership, Role.EDITOR)
>>> campaign.memberships.get(pk=membership.pk).role
'editor'
"""

from __future__ import annotations

from django.db import transaction

from sessions_app.models import Campaign, Membership, Role


class LastOwnerError(Exception):
    """The change would leave the campaign without an owner."""


@transaction.atomic
def change_role(membership: Membership, role: Role) -> None:
    """Gives the member another role.

    Raises:
        LastOwnerError: when nobody else owns the campaign and ``role`` is another.
    """
    if role != Role.OWNER:
        _require_another_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Ends the membership.

    Raises:
        LastOwnerError: when nobody else owns the campaign.
    """
    _require_another_owner(membership)
    membership.delete()


def _require_another_owner(membership: Membership) -> None:
    # The lock makes two owners who demote each other at once take turns (SQLite's transactions do so by themselves).
    Campaign.objects.select_for_update().get(pk=membership.campaign_id)
    if (
        not Membership.objects.owners()
        .filter(campaign=membership.campaign_id)
        .exclude(pk=membership.pk)
        .exists()
    ):
        raise LastOwnerError
