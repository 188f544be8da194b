"""Rights of everything that belongs to a campaign, by delegation to the campaign's own.

>>> from sessions_app.models import Session, User
>>> stranger = User.objects.create_user("sam")
>>> Session.objects.visible_to(owner).count(), Session.objects.visible_to(stranger).count()
(1, 0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models

from sessions_app.models.campaign import Campaign

if TYPE_CHECKING:
    from sessions_app.models.user import User

M = TypeVar("M", bound=models.Model)


class OfCampaignQuerySet(models.QuerySet[M]):
    """A queryset whose rows belong to a campaign, found through ``campaign_path``."""

    campaign_path = "campaign"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of campaigns that ``user`` is a member of."""
        return self.filter(**{f"{self.campaign_path}__in": Campaign.objects.visible_to(user)})

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Rows of campaigns whose content ``user`` may change."""
        return self.filter(**{f"{self.campaign_path}__in": Campaign.objects.editable_by(user)})

    def owned_by(self, user: User | AnonymousUser) -> Self:
        """Rows of campaigns that ``user`` owns."""
        return self.filter(**{f"{self.campaign_path}__in": Campaign.objects.owned_by(user)})
