"""The people of a campaign, as far as they are heard.

>>> anna = Speaker.objects.create(campaign=campaign, name="Anna")
>>> str(anna), anna.may_be_kept
('Anna', True)
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Campaign, Character
from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.voice_book import COLOURS


class SpeakerRole(models.TextChoices):
    """What a person is at the table."""

    PLAYER = "player", _("player")
    DM = "dm", _("dungeon master")
    GUEST = "guest", _("guest")


class Consent(models.TextChoices):
    """What a person said about the keeping of their voice."""

    UNASKED = "unasked", _("not asked")
    GIVEN = "given", _("agreed")
    WITHDRAWN = "withdrawn", _("does not want it")


class SpeakerQuerySet(OfCampaignQuerySet["Speaker"]):
    """Speakers of campaigns."""


class Speaker(models.Model):
    """A known person of the campaign, whose voice returns session after session."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="speakers")
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=6, choices=SpeakerRole, default=SpeakerRole.PLAYER)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="speakers",
    )
    character = models.ForeignKey(
        Character,
        verbose_name=_("usual character"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="speakers",
    )
    colour = models.PositiveSmallIntegerField(
        _("colour"), default=1, validators=[MinValueValidator(1), MaxValueValidator(COLOURS)]
    )
    consent = models.CharField(_("voice"), max_length=9, choices=Consent, default=Consent.UNASKED)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = SpeakerQuerySet.as_manager()

    class Meta:
        ordering = (Lower("name"), "pk")
        constraints = (
            models.UniqueConstraint("campaign", Lower("name"), name="one_speaker_per_name"),
            models.UniqueConstraint("campaign", "member", name="one_speaker_per_member"),
        )
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Returns the person's page."""
        return reverse("speaker-detail", args=[self.uuid])

    @property
    def may_be_kept(self) -> bool:
        """Whether voiceprints of this person may be stored."""
        if self.consent == Consent.WITHDRAWN:
            return False
        return self.consent == Consent.GIVEN or not self.campaign.voice_consent_required
