"""Memberships: who belongs to a campaign, and in which role.

>>> campaign.memberships.owners().get().user == owner
True
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.campaign import Campaign, Role
from sessions_app.models.rights import OfCampaignQuerySet


class MembershipQuerySet(OfCampaignQuerySet["Membership"]):
    """Memberships of campaigns."""

    def owners(self) -> MembershipQuerySet:
        """Memberships that may manage their campaign."""
        return self.filter(role=Role.OWNER)


class Membership(models.Model):
    """One person's role in one campaign."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.VIEWER)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("joined_at", "pk")
        constraints = (models.UniqueConstraint(fields=("campaign", "user"), name="one_membership_each"),)
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.campaign}"
