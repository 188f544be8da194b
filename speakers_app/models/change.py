"""Changes: what a person did to names, voices and lines, kept so that it can be undone exactly.

>>> Change.objects.filter(campaign=campaign).standing().count(), Verb.EDIT.label
(0, 'edited a line')
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Campaign, Session
from sessions_app.models.rights import OfCampaignQuerySet


class Verb(models.TextChoices):
    """What was done."""

    ASSIGN = "assign", _("named a voice")
    UNASSIGN = "unassign", _("left a voice unnamed")
    RELEASE = "release", _("let the comparison decide")
    CONFIRM = "confirm", _("confirmed names")
    MERGE = "merge", _("merged voices")
    UNMERGE = "unmerge", _("separated voices")
    SPLIT = "split", _("split a voice")
    MOVE = "move", _("moved lines")
    SPEAK_AS = "speak_as", _("said who speaks as whom")
    LABEL = "label", _("labelled lines")
    EDIT = "edit", _("edited a line")
    SPLIT_LINE = "split_line", _("split a line")
    JOIN_LINES = "join_lines", _("joined two lines")
    REMOVE = "remove", _("removed lines")
    RESTORE = "restore", _("put lines back")
    REVIEW = "review", _("marked lines as reviewed")
    EDIT_SPEAKER = "edit_speaker", _("changed a person")
    MERGE_SPEAKERS = "merge_speakers", _("merged people")
    IMPORT = "import", _("read names from a file")


LINE_VERBS = frozenset((Verb.EDIT, Verb.SPLIT_LINE, Verb.JOIN_LINES, Verb.REMOVE, Verb.RESTORE, Verb.REVIEW))
"""What is done to the lines themselves, rather than decided about whose and what they are."""


class ChangeQuerySet(OfCampaignQuerySet["Change"]):
    """Changes in campaigns."""

    def standing(self) -> ChangeQuerySet:
        """Those that nobody undid."""
        return self.filter(undone_at=None)


class Change(models.Model):
    """One act and what it changed: per table and row the fields before and after."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="speaker_changes")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="speaker_changes"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.CharField(_("what"), max_length=14, choices=Verb)
    subject = models.CharField(_("of what"), max_length=200, blank=True)
    """What the act was about, in the words of then, such as "Speaker 2 → Anna"."""
    rows = models.JSONField(default=dict, editable=False)
    """``{table: {primary key: [fields before or null, fields after or null]}}``."""
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    passed_over = models.BooleanField(default=False)
    """Whether undoing or redoing it was tried and is not possible any more, so that the turn is its neighbour's."""

    objects: ClassVar = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.subject}" if self.subject else self.get_verb_display()
