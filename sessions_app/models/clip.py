"""Clips: stretches of a session that somebody wants to hear again or to quote.

>>> Clip(session=session, start_ms=0, end_ms=2_500, title="The door").get_absolute_url().startswith("/clips/")
True
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engine.clock import clock
from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.models.session import Session


class ClipQuerySet(OfCampaignQuerySet["Clip"]):
    """Clips of sessions."""

    campaign_path = "session__campaign"

    def on_wall(self) -> ClipQuerySet:
        """Those that hang on their campaign's quote wall."""
        return self.filter(on_wall=True)


class Clip(models.Model):
    """One or more lines of a session to hear and read apart; by their times, so that it outlives the lines."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="clips")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(_("title"), max_length=160, blank=True)
    lines = models.JSONField(default=list, editable=False)
    """``[start_ms, end_ms, number of the voice or null]`` of each chosen line, in the order of time."""
    start_ms = models.PositiveBigIntegerField(editable=False)
    end_ms = models.PositiveBigIntegerField(editable=False)
    on_wall = models.BooleanField(_("on the quote wall"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = ClipQuerySet.as_manager()

    class Meta:
        ordering = ("session", "start_ms", "pk")
        verbose_name = _("clip")
        verbose_name_plural = _("clips")

    def __str__(self) -> str:
        return self.title or f"{self.session} · {clock(self.start_ms)}"

    def get_absolute_url(self) -> str:
        """Returns the clip's page, the link that members share."""
        return reverse("clip-detail", args=[self.uuid])
