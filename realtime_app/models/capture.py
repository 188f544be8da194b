"""Captures: one microphone's audio on its way in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.clock import samples_to_ms
from sessions_app.models import Recording, Session
from sessions_app.models.rights import OfCampaignQuerySet


class CaptureState(models.TextChoices):
    """How far a capture is."""

    RECORDING = "recording", _("recording")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("stopped")
    """All audio is here; it is being made into a recording."""
    FINISHED = "finished", _("finished")
    """It has become a recording."""
    DISCARDED = "discarded", _("discarded")


OPEN = (CaptureState.RECORDING, CaptureState.PAUSED)


class CaptureQuerySet(OfCampaignQuerySet["Capture"]):
    """Captures of sessions."""

    campaign_path = "session__campaign"

    def open(self) -> CaptureQuerySet:
        """Captures that may still receive audio."""
        return self.filter(state__in=OPEN)

    def to_caption(self) -> CaptureQuerySet:
        """Captures of which not all audio has become lines: open ones, and those whose end is not reached.

        Also of those that have become a recording, which may wait for hours until the session is processed.
        """
        unfinished = models.Q(state__in=OPEN) | models.Q(
            state__in=(CaptureState.STOPPED, CaptureState.FINISHED), captioned_to__lt=models.F("held")
        )
        return self.filter(unfinished, captioned=True)


class Capture(models.Model):
    """What one device records of a session, numbered by samples from its start; 16 kHz, mono.

    Its audio lies in a file of its own (:mod:`realtime_app.captures.audio_file`), whose length is the truth of how
    much is here; ``held`` follows it within seconds. When it is finished, it becomes the recording with its own uuid.

    >>> capture = Capture(offset_ms=60_000, held=32_000)
    >>> capture.held_ms, capture.end_ms, capture.is_open
    (2000, 62000, True)
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="captures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=64, editable=False)
    """Chosen by the device, so that one that asks twice over a bad connection makes one capture."""
    label = models.CharField(_("device"), max_length=80, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=CaptureState, default=CaptureState.RECORDING, db_index=True
    )
    captioned = models.BooleanField(default=True)
    """Whether it is captioned; not where another device in the same room is."""
    offset_ms = models.PositiveBigIntegerField(default=0)
    """Where it starts in the session."""
    beside = models.BooleanField(default=False)
    """Whether another capture was running when it began: a track beside it, not the next part of the evening."""
    held = models.PositiveBigIntegerField(default=0)
    """Samples that are safely here."""
    captioned_to = models.PositiveBigIntegerField(default=0)
    """All speech before this sample has become lines; moves on in the transaction that stores them."""
    demo_text = models.BooleanField(default=False)
    """Whether the bundled demo model captions it, for want of a real one, which its page must say."""
    gaps = models.JSONField(default=list)
    """``[first sample, sample after the last, "pause" or "lost"]``: what was not recorded, kept as silence."""
    heard_at = models.DateTimeField(default=timezone.now)
    """When its device was last heard of."""
    recording = models.ForeignKey(
        Recording, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """What it became."""
    created_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = CaptureQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (models.UniqueConstraint(fields=("session", "key"), name="one_capture_per_key"),)
        verbose_name = _("capture")
        verbose_name_plural = _("captures")

    def __str__(self) -> str:
        return self.label or str(self.uuid)

    @property
    def is_open(self) -> bool:
        """Whether it may still receive audio."""
        return self.state in OPEN

    @property
    def held_ms(self) -> int:
        """How much of it is safely here, in milliseconds."""
        return samples_to_ms(self.held)

    @property
    def end_ms(self) -> int:
        """Where in the session it ends, as far as is known."""
        return self.offset_ms + self.held_ms
