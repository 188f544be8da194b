"""Campaigns and sessions as wholes: how a campaign begins, and how either ends."""

from __future__ import annotations

from django.db import transaction

from sessions_app.models import Campaign, Membership, Party, Role, Session, User


@transaction.atomic
def found_campaign(campaign: Campaign, owner: User) -> Campaign:
    """Stores a new campaign with ``owner`` as its first member and an empty party, and returns it."""
    campaign.save()
    Membership.objects.create(campaign=campaign, user=owner, role=Role.OWNER)
    Party.objects.create(campaign=campaign)
    return campaign


def delete_campaign(campaign: Campaign) -> None:
    """Deletes the campaign with everything in it."""
    campaign.delete()


def delete_session(session: Session) -> None:
    """Deletes the session with its recordings and transcript."""
    session.delete()
