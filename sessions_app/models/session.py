"""Sessions: evenings of play.

>>> session.shown_title, session.length, Session.objects.filter(campaign=campaign).next_number()
('The gate', 'under a minute', 2)
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions_app.models.campaign import Campaign, Language, default_language
from sessions_app.models.rights import OfCampaignQuerySet

if TYPE_CHECKING:
    from sessions_app.models.user import User


class SessionQuerySet(OfCampaignQuerySet["Session"]):
    """Sessions of campaigns."""

    def next_number(self) -> int:
        """Returns the number that a session added to these would have."""
        return (self.aggregate(last=models.Max("number"))["last"] or 0) + 1


class Session(models.Model):
    """One evening of play."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=160, blank=True)
    date = models.DateField(_("date"), default=timezone.localdate)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=default_language)
    detect_language = models.BooleanField(default=False)
    """Whether the language is to be found out from the first minutes of speech; ``language`` holds until then."""
    language_detected = models.BooleanField(default=False, editable=False)
    """Whether the language is what was heard rather than what somebody said."""
    notes = models.TextField(_("notes"), blank=True)
    speakers_min = models.PositiveSmallIntegerField(_("fewest voices"), null=True, blank=True)
    speakers_max = models.PositiveSmallIntegerField(_("most voices"), null=True, blank=True)
    duration_ms = models.PositiveBigIntegerField(default=0, editable=False)
    audio_name = models.CharField(max_length=255, blank=True, editable=False)
    """Name in storage of the prepared 16 kHz mono file that spans the whole session."""
    peaks = models.BinaryField(default=bytes, editable=False)
    """Loudness of the prepared audio, one byte per tenth of a second."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = SessionQuerySet.as_manager()

    class Meta:
        ordering = ("-number", "-date")
        constraints = (models.UniqueConstraint(fields=("campaign", "number"), name="one_session_per_number"),)
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.number}. {self.shown_title}"

    def get_absolute_url(self) -> str:
        """Returns the session's page."""
        return reverse("session-detail", args=[self.uuid])

    def is_editable_by(self, user: User | AnonymousUser) -> bool:
        """Whether ``user`` may change the session; for showing or hiding what leads to it."""
        return Session.objects.editable_by(user).filter(pk=self.pk).exists()

    @property
    def shown_title(self) -> str:
        """The title, or "Session 3" where it has none."""
        return self.title or gettext("Session %(number)s") % {"number": self.number}

    @property
    def length(self) -> str:
        """The recording's length in words; empty before there is one."""
        if not self.duration_ms:
            return ""
        hours, minutes = divmod(round(self.duration_ms / 60_000), 60)
        if hours:
            return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
        return gettext("%(minutes)s min") % {"minutes": minutes} if minutes else gettext("under a minute")

    @property
    def has_demo_text(self) -> bool:
        """Whether its lines come from the bundled nano model and must not be taken for a transcription."""
        return self.segments.filter(run__asr_fallback=True).exists()

    @property
    def folder(self) -> str:
        """Where in storage everything made from its recordings lies."""
        return f"sessions/{self.uuid}"


@receiver(post_delete, sender=Session)
def _remove_folder(sender: type[Session], instance: Session, **kwargs: object) -> None:
    """Takes prepared audio along when its session goes, by whatever cascade; only once that is certain."""
    transaction.on_commit(lambda: remove_folder(instance.folder))


def remove_folder(folder: str) -> None:
    """Removes a folder of the storage with all that is in it, if it is there."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in folders:
        remove_folder(f"{folder}/{name}")
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    with suppress(OSError):  # a worker may be writing there still
        default_storage.delete(folder)
