"""Campaigns as wholes: how one begins, with its owner and its party.

>>> from sessions_app.models import Campaign
>>> founded = found_campaign(Campaign(name="Curse of the Moor"), owner)
>>> founded.is_owned_by(owner), founded.party.characters.count()
(True, 0)
"""

from __future__ import annotations

from django.db import transaction

from sessions_app.models import Campaign, Membership, Party, Role, User


@transaction.atomic
def found_campaign(campaign: Campaign, owner: User) -> Campaign:
    """Stores a new campaign with ``owner`` as its first member and an empty party, and returns it."""
    campaign.save()
    Membership.objects.create(campaign=campaign, user=owner, role=Role.OWNER)
    Party.objects.create(campaign=campaign)
    return campaign
