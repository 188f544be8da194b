"""Campaigns, who belongs to them, and the one rule of who may see and change what.

>>> Campaign.objects.visible_to(owner).get().name, campaign.is_editable_by(owner)
('The Sunken Keep', True)
>>> campaign.new_session().number
2
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from scribe_site.config import get_config

if TYPE_CHECKING:
    from sessions_app.models.session import Session
    from sessions_app.models.user import User


class Language(models.TextChoices):
    """Languages that a session is spoken in."""

    DUTCH = "nl", _("Dutch")
    ENGLISH = "en", _("English")


def default_language() -> str:
    """Returns the installation's language for new campaigns (``WHISPER_LANGUAGE``)."""
    return get_config().language


class Role(models.TextChoices):
    """What a member may do: owners manage people, editors change content, viewers read."""

    OWNER = "owner", _("owner")
    EDITOR = "editor", _("editor")
    VIEWER = "viewer", _("viewer")


EDITING_ROLES = (Role.OWNER, Role.EDITOR)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """The questions asked of campaigns; every other queryset's rights delegate here."""

    def visible_to(self, user: User | AnonymousUser) -> CampaignQuerySet:
        """Campaigns that ``user`` is a member of."""
        return self._with_roles(user, tuple(Role))

    def editable_by(self, user: User | AnonymousUser) -> CampaignQuerySet:
        """Campaigns whose content ``user`` may change."""
        return self._with_roles(user, EDITING_ROLES)

    def owned_by(self, user: User | AnonymousUser) -> CampaignQuerySet:
        """Campaigns whose members ``user`` may manage."""
        return self._with_roles(user, (Role.OWNER,))

    def _with_roles(self, user: User | AnonymousUser, roles: tuple[Role, ...]) -> CampaignQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(memberships__user=user, memberships__role__in=roles)


class Campaign(models.Model):
    """A group's long game."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=default_language)
    detect_language = models.BooleanField(_("find out the language of new sessions"), default=False)
    voice_consent_required = models.BooleanField(_("ask before a voice is stored"), default=False)
    language_model_allowed = models.BooleanField(_("send lines to the language model"), default=False)
    """Whether an owner agreed that lines leave this machine for the configured language model."""
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="campaigns")

    objects: ClassVar = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Returns the campaign's page."""
        return reverse("campaign-detail", args=[self.uuid])

    def new_session(self) -> Session:
        """Returns the next session, not saved yet, with what new ones start from."""
        from sessions_app.models.session import Session  # which knows campaigns

        return Session(
            campaign=self,
            number=self.sessions.next_number(),
            language=self.language,
            detect_language=self.detect_language,
        )

    def is_editable_by(self, user: User | AnonymousUser) -> bool:
        """Whether ``user`` may change the campaign's content; for showing or hiding what leads to it."""
        return Campaign.objects.editable_by(user).filter(pk=self.pk).exists()

    def is_owned_by(self, user: User | AnonymousUser) -> bool:
        """Whether ``user`` may manage the campaign and its members; for showing or hiding what leads to it."""
        return Campaign.objects.owned_by(user).filter(pk=self.pk).exists()
