"""What a line is: story or table talk, and of which kind; the words for :mod:`engine.classification.values`.

>>> Label.values, LineKind.RULES.label
(['IC', 'OOC', 'MIXED'], 'rules and dice')
"""

from __future__ import annotations

from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from sessions_app.models.campaign import Campaign
from sessions_app.models.session import Session


class Label(models.TextChoices):
    """Whether a line belongs to the story."""

    IC = "IC", _("in character")
    OOC = "OOC", _("out of character")
    MIXED = "MIXED", _("both")


class LineKind(models.TextChoices):
    """What is said."""

    CHARACTER = "character", _("character speech")
    DM_NARRATION = "dm_narration", _("narration")
    NPC = "npc", _("NPC speech")
    RULES = "rules", _("rules and dice")
    OOC_OTHER = "ooc_other", _("other table talk")


class LabelBy(models.TextChoices):
    """Who or what said so."""

    PERSON = "person", _("a person")
    BUILTIN = "builtin", _("the built-in classifier")
    MODEL = "model", _("a language model")


class LearntLabels(models.Model):
    """What the built-in classifier has learnt of one language from a campaign's corrections, if that did it good."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="learnt_labels")
    language = models.CharField(_("language"), max_length=4)
    lines = models.JSONField(default=list, editable=False)
    """The lines that it learns from beside the examples that come with Scribe, as plain labelled lines."""
    score_without = models.FloatField(null=True, blank=True)
    """Macro F1 on corrections kept aside, without having learnt from the others."""
    score_with = models.FloatField(null=True, blank=True)
    """The same, having learnt from them."""
    seen = models.PositiveIntegerField(default=0)
    """How many corrections there were when it last tried to learn."""
    is_used = models.BooleanField(default=False)
    """Whether learning did it good, so that ``lines`` are used."""
    corrected_at = models.DateTimeField(null=True, blank=True)
    """When somebody last labelled a line."""
    tried_at = models.DateTimeField(null=True, blank=True)
    """When it last tried to learn."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("campaign", "language"), name="one_learning_per_language"),
        )
        verbose_name = _("learnt labels")
        verbose_name_plural = _("learnt labels")

    def __str__(self) -> str:
        return f"{self.campaign} · {self.language}"


@receiver(post_delete, sender=Session)
def _forget_words(sender: type[Session], instance: Session, **kwargs: object) -> None:
    """Takes along what was learnt from the words of a session that is deleted."""
    for row in LearntLabels.objects.filter(campaign=instance.campaign_id):
        left = [line for line in row.lines if not line["conversation"].startswith(f"{instance.uuid}/")]
        if len(left) < len(row.lines):
            is_used = row.is_used and any(line["label"] for line in left)
            LearntLabels.objects.filter(pk=row.pk).update(lines=left if is_used else [], is_used=is_used)
