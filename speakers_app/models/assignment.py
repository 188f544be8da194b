"""Assignments: which voice of a session is whose, who or what decided it, and how sure.

>>> Assignment.objects.filter(voice__session=session).locked().count(), How.PERSON.label
(0, 'named by a person')
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Voice
from sessions_app.models.rights import OfCampaignQuerySet
from speakers_app.models.speaker import Speaker


class How(models.TextChoices):
    """Who or what decided."""

    PERSON = "person", _("named by a person")
    ROSTER = "roster", _("recognised, expected at the table")
    KNOWN = "known", _("recognised, not expected")
    PARTY = "party", _("proposed from the party, confirmed by a person")
    IMPORT = "import", _("read from a file")


class AssignmentQuerySet(OfCampaignQuerySet["Assignment"]):
    """Assignments of voices."""

    campaign_path = "voice__session__campaign"

    def locked(self) -> AssignmentQuerySet:
        """Those that a person decided."""
        return self.filter(locked=True)

    def automatic(self) -> AssignmentQuerySet:
        """Those that the comparison of voices made, and makes anew whenever more is known."""
        return self.filter(locked=False)

    def settled(self) -> AssignmentQuerySet:
        """Those after which nobody is asked who a voice is: all but suggestions."""
        return self.filter(suggested=False)

    def shown(self) -> AssignmentQuerySet:
        """Those that give a voice its name: all but suggestions and voices left without a name."""
        return self.settled().exclude(speaker=None)


class Assignment(models.Model):
    """The decision that a voice is a speaker; one per voice.

    A locked one is a person's and stands until a person changes it; without a speaker it says that the voice is to be
    left unnamed. All others are what the comparison of voices makes of the locked ones.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    voice = models.OneToOneField(Voice, on_delete=models.CASCADE, related_name="assignment")
    speaker = models.ForeignKey(
        Speaker, null=True, blank=True, on_delete=models.CASCADE, related_name="assignments"
    )
    how = models.CharField(_("how"), max_length=6, choices=How)
    suggested = models.BooleanField(_("only suggested"), default=False)
    locked = models.BooleanField(_("locked"), default=False)
    score = models.FloatField(_("score"), null=True, blank=True)
    """Probability that the voice is the speaker, 0 to 1; empty where nothing was compared."""
    runner_up = models.ForeignKey(
        Speaker,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("runner-up"),
    )
    runner_up_score = models.FloatField(_("runner-up's score"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), auto_now=True)

    objects: ClassVar = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("voice",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(locked=True) | models.Q(speaker__isnull=False),
                name="only_people_leave_unnamed",
            ),
            models.CheckConstraint(
                condition=models.Q(locked=False) | models.Q(suggested=False), name="people_do_not_suggest"
            ),
        )
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"{self.voice} → {self.speaker or _('nobody')}"
