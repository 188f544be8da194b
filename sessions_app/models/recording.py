"""Recordings, and the uploads that become them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.models.session import Session


class RecordingQuerySet(OfCampaignQuerySet["Recording"]):
    """Recordings of sessions."""

    campaign_path = "session__campaign"


class UploadQuerySet(OfCampaignQuerySet["Upload"]):
    """Uploads under way."""

    campaign_path = "session__campaign"


class Recording(models.Model):
    """One audio file of a session: a part of the evening, or one track of it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="recordings")
    file = models.FileField(max_length=255)
    original_name = models.CharField(_("file"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    container = models.CharField(_("format"), max_length=40, blank=True)
    codec = models.CharField(max_length=40, blank=True)
    duration_ms = models.PositiveBigIntegerField(_("length"), null=True, blank=True)
    offset_ms = models.PositiveBigIntegerField(null=True, blank=True)
    """Where it starts in the session; empty where it follows the recording before it."""
    warnings = models.JSONField(default=list, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("session", "sha256"), name="one_recording_per_content"),
        )
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    def __str__(self) -> str:
        return self.original_name


class Upload(models.Model):
    """A file on its way in, by the tus protocol; its bytes lie in the data directory until it is whole."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    original_name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    error = models.TextField(blank=True)
    """Why the finished file was refused, in words for the person who sent it."""
    recording = models.ForeignKey(Recording, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = UploadQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.original_name
