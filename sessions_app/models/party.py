"""The cast list of a campaign.

>>> [character.name for character in campaign.party.characters.order_by("name")]
['Mira', 'Warden']
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.campaign import Campaign
from sessions_app.models.rights import OfCampaignQuerySet


class PartyQuerySet(OfCampaignQuerySet["Party"]):
    """Parties of campaigns."""


class CharacterQuerySet(OfCampaignQuerySet["Character"]):
    """Characters of campaigns."""

    campaign_path = "party__campaign"


class Party(models.Model):
    """One campaign's cast; made with the campaign."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="party")
    name = models.CharField(_("name"), max_length=120, blank=True)

    objects: ClassVar = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return self.name or str(self.campaign)


class CharacterRole(models.TextChoices):
    """What a character is at the table."""

    PLAYER = "player", _("player character")
    DM = "dm", _("dungeon master")
    COMPANION = "companion", _("companion")
    NPC = "npc", _("NPC")


class Character(models.Model):
    """One role in the campaign, and who speaks for it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="characters")
    player_name = models.CharField(_("player"), max_length=120, blank=True)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="characters",
    )
    name = models.CharField(_("character name"), max_length=120)
    aliases = models.JSONField(_("aliases"), default=list, blank=True)
    race = models.CharField(_("race"), max_length=80, blank=True)
    char_class = models.CharField(_("class"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=CharacterRole, default=CharacterRole.PLAYER)
    description = models.TextField(_("description"), blank=True, max_length=4000)

    objects: ClassVar = CharacterQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("character")
        verbose_name_plural = _("characters")

    def __str__(self) -> str:
        return self.name

    @property
    def player(self) -> str:
        """The name of the person who speaks for the character, if known."""
        return self.member.shown_name if self.member else self.player_name
