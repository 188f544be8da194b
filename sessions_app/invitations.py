"""Invitation links: how one is signed, read back, followed and revoked.

>>> from sessions_app.models import Invitation, Role
>>> invitation = Invitation.objects.create(campaign=campaign, role=Role.VIEWER, created_by=owner)
>>> open_invitation(token_of(invitation)) == invitation, open_invitation("forged")
(True, None)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from sessions_app.models import Campaign, Invitation, Membership, User

_SIGNER = signing.Signer(salt="scribe.invitation")


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """An open invitation with its whole address."""

    invitation: Invitation
    address: str

    @property
    def opens_here_only(self) -> bool:
        """Whether the address means the very machine that the link is opened on."""
        host = urlsplit(self.address).hostname
        return host in ("localhost", "127.0.0.1", "::1")


def token_of(invitation: Invitation) -> str:
    """Returns the part of the link that stands for ``invitation``; the same whenever it is asked."""
    return _SIGNER.sign_object([invitation.uuid.hex, invitation.nonce])


def links_of(campaign: Campaign, absolute: Callable[[str], str]) -> list[InvitationLink]:
    """Returns the campaign's open invitations; ``absolute`` makes a whole address of a path."""
    return [
        InvitationLink(invitation, absolute(reverse("join", args=[token_of(invitation)])))
        for invitation in campaign.invitations.open().select_related("created_by")
    ]


def open_invitation(token: str) -> Invitation | None:
    """Returns the invitation that ``token`` stands for, or None if it is forged, revoked or expired."""
    try:
        hexed, nonce = _SIGNER.unsign_object(token)
    except signing.BadSignature:
        return None
    rows = Invitation.objects.open().select_related("campaign", "created_by")
    return rows.filter(uuid=UUID(hexed), nonce=nonce).first()


def membership_of(invitation: Invitation, user: User) -> Membership | None:
    """Returns the membership that ``user`` already has of the campaign, if any."""
    return invitation.campaign.memberships.filter(user=user).first()


@transaction.atomic
def accept(invitation: Invitation, user: User) -> tuple[Membership, bool]:
    """Makes ``user`` a member in the invitation's role; who is one already keeps the role they have.

    Returns:
        The membership, and whether it is new.
    """
    membership, joined = Membership.objects.get_or_create(
        campaign=invitation.campaign, user=user, defaults={"role": invitation.role}
    )
    if joined:
        Invitation.objects.filter(pk=invitation.pk).update(used=F("used") + 1)
    return membership, joined


def revoke(invitation: Invitation) -> None:
    """Ends the link now; revoking it again changes nothing."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())
