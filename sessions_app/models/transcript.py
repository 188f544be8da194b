"""What a session's transcript is made of: voices and segments.

>>> line = session.segments.exclude(text="").first()
>>> line.is_edited, line.machine_text == line.text, line.voice.label
(False, True, 'Speaker 1')
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.label import Label, LabelBy, LineKind
from sessions_app.models.line_history import LineHistory
from sessions_app.models.party import Character
from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.models.run import Run
from sessions_app.models.session import Session


class VoiceQuerySet(OfCampaignQuerySet["Voice"]):
    """Voices of sessions."""

    campaign_path = "session__campaign"

    def next_number(self) -> int:
        """Returns a number that none of these voices has."""
        return (self.aggregate(last=models.Max("number"))["last"] or 0) + 1


class SegmentQuerySet(OfCampaignQuerySet["Segment"]):
    """Lines of transcripts."""

    campaign_path = "session__campaign"

    def kept_by_people(self) -> SegmentQuerySet:
        """Lines whose text a person changed, found right or removed: no Run replaces them."""
        return self.filter(
            models.Q(heard_text__isnull=False) | models.Q(reviewed=True) | models.Q(removed_at__isnull=False)
        )


_Segments = models.Manager.from_queryset(SegmentQuerySet)


class StandingSegments(_Segments["Segment"]):
    """The lines that nobody removed."""

    def get_queryset(self) -> SegmentQuerySet:
        """Returns all lines but the removed ones."""
        return SegmentQuerySet(self.model, using=self._db).filter(removed_at=None)


class Voice(models.Model):
    """One voice as heard in one session, with its embedding."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="voices")
    number = models.PositiveSmallIntegerField()
    """1 for the voice that speaks first; "Speaker 1" until somebody is named."""
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged", editable=False
    )
    """The voice that somebody says this one is; never one that is itself merged."""
    by_hand = models.BooleanField(default=False, editable=False)
    """Whether a person made it, for lines that the machine had given to another voice."""
    talk_ms = models.PositiveBigIntegerField(default=0)
    embedding = models.JSONField(null=True, blank=True, editable=False)
    embedding_model = models.CharField(max_length=120, blank=True)
    speech_ms = models.PositiveBigIntegerField(default=0)
    """Milliseconds of clean speech that the embedding was made from."""

    objects: ClassVar = VoiceQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("session", "number"), name="one_voice_per_number"),)
        verbose_name = _("voice")
        verbose_name_plural = _("voices")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the voice is called while nobody has named it, such as "Speaker 2"."""
        return _("Speaker %(number)s") % {"number": self.number}


class Tier(models.TextChoices):
    """Where a line comes from: spoken just now, or the full-quality pass."""

    FINAL = "final", _("live")
    BATCH = "batch", _("full quality")


class SegmentKind(models.TextChoices):
    """What a line holds."""

    SPEECH = "speech", _("speech")
    UNHEARD = "unheard", _("speech without words")


class Segment(models.Model):
    """One stored line of the transcript."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="segments")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="segments")
    voice = models.ForeignKey(
        Voice, null=True, blank=True, on_delete=models.SET_NULL, related_name="segments"
    )
    heard_voice = models.ForeignKey(
        Voice, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="heard_segments"
    )
    """The voice that the machine heard; another than ``voice`` where somebody moved the line."""
    character = models.ForeignKey(
        Character, null=True, blank=True, on_delete=models.SET_NULL, related_name="segments"
    )
    """Whom the speaker speaks as, where somebody said so."""
    position = models.PositiveIntegerField()
    """The place in the transcript; the parts of a line that a person split share it, in the order of their starts."""
    start_ms = models.PositiveBigIntegerField()
    end_ms = models.PositiveBigIntegerField()
    text = models.TextField(_("text"), blank=True)
    words = models.JSONField(default=list)
    """``[start_ms, end_ms, text, probability]`` per word; a word that a person wrote has the probability 1."""
    heard_text = models.TextField(null=True, blank=True, editable=False)  # noqa: DJ001  (empty is what is heard too)
    """What the machine heard, where a person wrote ``text``; None where ``text`` is what it heard."""
    heard_words = models.JSONField(default=list, editable=False)
    """The words of ``heard_text``, like ``words``."""
    heard_anew = models.BooleanField(default=False, editable=False)
    """Whether a later Run heard something else here, and nobody has said yet which it is."""
    reviewed = models.BooleanField(_("reviewed"), default=False)
    """Whether a person read the line and found it right, or put it right."""
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When a person removed the line, which can be put back; ``objects`` does not show it then."""
    tier = models.CharField(max_length=5, choices=Tier, default=Tier.BATCH)
    kind = models.CharField(max_length=8, choices=SegmentKind, default=SegmentKind.SPEECH)
    label = models.CharField(_("label"), max_length=5, choices=Label, blank=True)
    """Story or table talk; empty while nobody and nothing has said so."""
    label_kind = models.CharField(_("kind of talk"), max_length=12, choices=LineKind, blank=True)
    label_confidence = models.FloatField(null=True, blank=True, editable=False)
    """Probability that the label is right, 0 to 1; empty where a person said so."""
    label_by = models.CharField(_("labelled by"), max_length=7, choices=LabelBy, blank=True, editable=False)
    label_character = models.ForeignKey(
        Character, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    """Whom the speaker speaks as, as far as the classifier can tell; ``character`` is what people say."""
    capture = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    """The capture in which a live line was heard; the recording that the capture becomes has the same uuid."""

    objects: ClassVar = StandingSegments()
    everything: ClassVar = SegmentQuerySet.as_manager()
    """With the lines that people removed."""
    history = LineHistory()

    class Meta:
        ordering = ("position", "start_ms", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("session", "position", "start_ms"), name="one_segment_per_place_and_start"
            ),
        )
        indexes = (models.Index(fields=("session", "start_ms"), name="segment_by_time"),)
        verbose_name = _("line")
        verbose_name_plural = _("lines")

    def __str__(self) -> str:
        return self.text

    @property
    def is_edited(self) -> bool:
        """Whether a person wrote its text."""
        return self.heard_text is not None

    @property
    def machine_text(self) -> str:
        """The line as the machine heard it."""
        return self.text if self.heard_text is None else self.heard_text

    @property
    def machine_words(self) -> list[list[Any]]:
        """Its words as the machine heard them."""
        return list(self.words if self.heard_text is None else self.heard_words)
