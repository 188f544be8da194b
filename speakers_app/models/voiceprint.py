"""Voiceprints: what a person sounds like, one vector per way and occasion of speaking, never an average.

>>> Voiceprint.objects.visible_to(owner).count()
0
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from engine.values import VoiceEmbedding
from sessions_app.models import Session, Voice
from sessions_app.models.rights import OfCampaignQuerySet
from speakers_app.models.speaker import Speaker


class VoiceprintQuerySet(OfCampaignQuerySet["Voiceprint"]):
    """Voiceprints of people."""

    campaign_path = "speaker__campaign"


class Voiceprint(models.Model):
    """One vector of a person's voice, kept because somebody confirmed whose it is.

    It comes from a voice of a session, or from a text that the person read (then ``session`` is empty). One whose
    session was processed again, so that its voice is no more, keeps its session and loses its voice.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="voiceprints")
    voice = models.OneToOneField(
        Voice, null=True, blank=True, on_delete=models.SET_NULL, related_name="voiceprint"
    )
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="voiceprints"
    )
    vector = models.JSONField(editable=False)
    model = models.CharField(_("made by"), max_length=120)
    speech_ms = models.PositiveBigIntegerField(_("speech"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    audio_name = models.CharField(max_length=255, blank=True, editable=False)
    """Name in storage of the text that the person read; kept to make the vector again with another model."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = VoiceprintQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        verbose_name = _("voiceprint")
        verbose_name_plural = _("voiceprints")

    def __str__(self) -> str:
        return f"{self.speaker} · {self.session or _('read aloud')}"

    @property
    def embedding(self) -> VoiceEmbedding:
        """The engine's value, under the number of the speaker."""
        return VoiceEmbedding(self.speaker_id, tuple(self.vector), self.model, self.speech_ms)


@receiver(post_delete, sender=Voiceprint)
def _remove_sound(sender: type[Voiceprint], instance: Voiceprint, **kwargs: object) -> None:
    """Takes the sound of a text read aloud along, by whatever cascade it goes; only once that is certain."""
    if instance.audio_name:
        transaction.on_commit(partial(default_storage.delete, instance.audio_name))
