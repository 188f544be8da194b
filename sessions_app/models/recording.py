"""Recordings, and the uploads that become them.

>>> Upload(session=session, original_name="gate.m4a", length=2_000, offset=500).percent
25
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scribe_site.config import get_config
from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.models.session import Session
from sessions_app.models.told import ToldField


class RecordingQuerySet(OfCampaignQuerySet["Recording"]):
    """Recordings of sessions."""

    campaign_path = "session__campaign"


ACTIVE = timedelta(minutes=2)
"""An upload that took bytes this recently counts as going on; the Run waits for it."""


class UploadQuerySet(OfCampaignQuerySet["Upload"]):
    """Uploads under way."""

    campaign_path = "session__campaign"

    def unsettled(self) -> UploadQuerySet:
        """Uploads of which it is not yet known what they are: still arriving, or being looked at."""
        return self.filter(recording=None, error="")

    def arrived(self) -> UploadQuerySet:
        """Uploads that are whole but not yet looked at."""
        return self.unsettled().filter(offset=models.F("length"))

    def receiving(self) -> UploadQuerySet:
        """Uploads that still lack bytes."""
        return self.unsettled().filter(offset__lt=models.F("length"))

    def active(self) -> UploadQuerySet:
        """Unsettled uploads that took bytes in the last minutes."""
        return self.unsettled().filter(updated_at__gt=timezone.now() - ACTIVE)

    def kept_since(self, moment: datetime) -> UploadQuerySet:
        """Uploads that became a recording after ``moment``."""
        kept = self.filter(recording__isnull=False, duplicate=False, updated_at__gt=moment)
        return kept.select_related("session", "user")

    def untouched_since(self, moment: datetime) -> UploadQuerySet:
        """Uploads that nothing happened to since ``moment``."""
        return self.filter(updated_at__lt=moment)

    def telling(self) -> UploadQuerySet:
        """Uploads that the panel has something to say about: all but those that became a recording."""
        return self.filter(models.Q(recording=None) | models.Q(duplicate=True))


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
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
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

    @property
    def elsewhere(self) -> Session | None:
        """Another session of the campaign that holds the same content, if any."""
        twins = Recording.objects.filter(sha256=self.sha256, session__campaign=self.session.campaign_id)
        twin = twins.exclude(session=self.session).select_related("session").first()
        return twin.session if twin else None


@receiver(post_delete, sender=Recording)
def _remove_file(sender: type[Recording], instance: Recording, **kwargs: object) -> None:
    """Takes the file along when its row goes, by whatever cascade; only once that is certain."""
    name = instance.file.name
    if name:
        transaction.on_commit(lambda: instance.file.storage.delete(name))


class Upload(models.Model):
    """A file on its way in, by the tus protocol; its bytes lie in the data directory until it is whole."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    original_name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    error = ToldField(blank=True)
    """Why the finished file was refused, in words for the person who sent it."""
    detail = models.TextField(blank=True)
    """The technical side of ``error``."""
    recording = models.ForeignKey(
        Recording, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    """What it became, or was found to be already."""
    duplicate = models.BooleanField(default=False)
    """Whether ``recording`` was here before."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = UploadQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        """Returns where its bytes are sent to."""
        return reverse("upload-detail", args=[self.uuid])

    @property
    def is_settled(self) -> bool:
        """Whether it is known what became of it; its own file is gone by then."""
        return bool(self.recording_id or self.error)

    @property
    def is_whole(self) -> bool:
        """Whether the last byte has arrived."""
        return self.offset >= self.length

    @property
    def percent(self) -> int:
        """How much of it has arrived."""
        return 100 * self.offset // self.length if self.length else 100

    @property
    def expires_at(self) -> datetime:
        """When it is given up, if nothing more comes."""
        return self.updated_at + timedelta(hours=get_config().upload_expiry_hours)
