"""Invitations: links that lead a newcomer into a campaign.

>>> from django.utils import timezone
>>> default_expiry() > timezone.now(), new_nonce() != new_nonce()
(True, True)
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions_app.models.campaign import Campaign, Role
from sessions_app.models.rights import OfCampaignQuerySet

LIFETIME = timedelta(days=14)


def new_nonce() -> str:
    """Returns the random part of a link; replacing it would make old links worthless."""
    return secrets.token_urlsafe(16)


def default_expiry() -> datetime:
    """Returns when an invitation made now ends."""
    return timezone.now() + LIFETIME


class InvitationQuerySet(OfCampaignQuerySet["Invitation"]):
    """Invitations of a campaign."""

    def open(self) -> InvitationQuerySet:
        """Invitations that still let people in."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A signed, expiring, revocable link; it may be followed by several people."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), default=default_expiry)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_role_display()}"
