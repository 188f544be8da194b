"""Errands: what a worker does beside Runs, because it takes long or needs the audio or a model.

>>> Errand(kind=ErrandKind.SPLIT, campaign=campaign).is_active
True
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions_app.models.campaign import Campaign
from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.models.run import State
from sessions_app.models.session import Session
from sessions_app.models.told import ToldField


class ErrandKind(models.TextChoices):
    """What is to be done."""

    SPLIT = "split", _("split a voice in two")
    ENROL = "enrol", _("learn a voice that somebody read aloud")
    EMBED = "embed", _("make voiceprints again with another model")
    LABEL = "label", _("tell story from table talk")
    LEARN = "learn", _("learn from corrected labels")
    CLIPS = "clips", _("cut clips")


class ErrandQuerySet(OfCampaignQuerySet["Errand"]):
    """Errands of campaigns."""

    def active(self) -> ErrandQuerySet:
        """Those that wait or are under way."""
        return self.filter(state__in=(State.WAITING, State.RUNNING))

    def waiting(self) -> ErrandQuerySet:
        """Those that a worker may take, in their order."""
        return self.filter(state=State.WAITING).order_by("pk")

    def quiet_since(self, seconds: float) -> ErrandQuerySet:
        """Those said to be under way whose worker gave no sign of life for ``seconds``."""
        return self.filter(state=State.RUNNING, heartbeat_at__lt=timezone.now() - timedelta(seconds=seconds))


class Errand(models.Model):
    """One task for a worker, and how it ended."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="errands")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="errands"
    )
    kind = models.CharField(max_length=5, choices=ErrandKind)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    inputs = models.JSONField(default=dict, editable=False)
    result = models.JSONField(default=dict, editable=False)
    """What pages tell of it when it is done."""
    message = ToldField(blank=True)
    """What people read when it failed."""
    detail = models.TextField(blank=True)
    retryable = models.BooleanField(default=True)
    """Whether trying again may help, where it failed."""
    worker = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ErrandQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("errand")
        verbose_name_plural = _("errands")

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_active(self) -> bool:
        """Whether it waits or is under way."""
        return self.state in (State.WAITING, State.RUNNING)
