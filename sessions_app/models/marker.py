"""Markers: moments of an evening that somebody wants to find again.

>>> marker = Marker.objects.create(session=session, at_ms=61_000, kind=MarkerKind.QUOTE, text="Not by the gate!")
>>> Marker.objects.visible_to(owner).get().get_kind_display()
'quote'
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.models.session import Session


class MarkerKind(models.TextChoices):
    """What a marker marks."""

    MOMENT = "moment", _("moment")
    QUOTE = "quote", _("quote")
    LOOT = "loot", _("loot")
    RULES = "rules", _("rules question")


class MarkerQuerySet(OfCampaignQuerySet["Marker"]):
    """Markers of sessions."""

    campaign_path = "session__campaign"


class Marker(models.Model):
    """One moment of a session, by its time alone, so that it outlives the lines around it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    """Chosen by the page that sets it, so that a marker sent twice over a bad connection is one marker."""
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="markers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(_("kind"), max_length=6, choices=MarkerKind, default=MarkerKind.MOMENT)
    at_ms = models.PositiveBigIntegerField()
    text = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = MarkerQuerySet.as_manager()

    class Meta:
        ordering = ("at_ms", "pk")
        verbose_name = _("marker")
        verbose_name_plural = _("markers")

    def __str__(self) -> str:
        return self.text or str(self.get_kind_display())
