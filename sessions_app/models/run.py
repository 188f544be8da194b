"""Runs, their stages and the tasks that workers claim: the rows are the truth, the queue only carries nudges.

>>> Run.objects.latest_of(session).is_active, [stage.value for stage in StageName][:3]
(False, ['prepare', 'detect', 'language'])
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions_app.models.rights import OfCampaignQuerySet
from sessions_app.models.session import Session
from sessions_app.models.told import ToldField


class State(models.TextChoices):
    """How far a Run, a stage or a task is."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


ACTIVE = (State.WAITING, State.RUNNING)
ENDED = (State.DONE, State.FAILED, State.CANCELLED)


class StageName(models.TextChoices):
    """The stages of a Run, in the order in which a page lists them."""

    PREPARE = "prepare", _("Prepare the audio")
    DETECT = "detect", _("Find speech")
    LANGUAGE = "language", _("Hear the language")
    TRANSCRIBE = "transcribe", _("Transcribe")
    DIARIZE = "diarize", _("Tell voices apart")
    ALIGN = "align", _("Give words their voices")
    IDENTIFY = "identify", _("Recognise voices")
    STORE = "store", _("Store the transcript")
    CLASSIFY = "classify", _("Tell story from table talk")
    INDEX = "index", _("Index")


class RunQuerySet(OfCampaignQuerySet["Run"]):
    """Runs of sessions."""

    campaign_path = "session__campaign"

    def active(self) -> RunQuerySet:
        """Runs that still have work to do."""
        return self.filter(state__in=ACTIVE)

    def latest_of(self, session: Session) -> Run | None:
        """The Run that a page of ``session`` tells about."""
        return self.filter(session=session).first()


class Run(models.Model):
    """One processing of a session's recordings."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, db_index=True)
    inputs = models.JSONField(default=dict, editable=False)
    """What was asked, fixed at the start: recordings, language, number of voices, names."""
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asr_model = models.CharField(_("speech model"), max_length=120, blank=True)
    asr_fallback = models.BooleanField(default=False)
    """Whether the text comes from the bundled nano model because no real one could be had."""
    carried = models.JSONField(null=True, blank=True, editable=False)
    """What it found of people's work on the earlier lines and what became of it; None before its lines are stored."""
    served_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When a worker last took a task of it; the Run that waited longest comes first."""
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RunQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("session",), condition=models.Q(state__in=ACTIVE), name="one_active_run_per_session"
            ),
        )
        verbose_name = _("run")
        verbose_name_plural = _("runs")

    def __str__(self) -> str:
        return f"{self.session} · {self.get_state_display()}"

    @property
    def is_active(self) -> bool:
        """Whether it still has work to do."""
        return self.state in ACTIVE


class Stage(models.Model):
    """One stage of a Run and, where it failed, what people are told."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=12, choices=StageName)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    fingerprint = models.CharField(max_length=64, blank=True)
    reused = models.BooleanField(default=False)
    """Whether an earlier Run's result stood, so that nothing had to be done."""
    message = ToldField(blank=True)
    detail = models.TextField(blank=True)
    retryable = models.BooleanField(default=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("run", "name"), name="one_stage_per_name"),)
        verbose_name = _("stage")
        verbose_name_plural = _("stages")

    def __str__(self) -> str:
        return f"{self.get_name_display()} · {self.get_state_display()}"


class TaskQuerySet(models.QuerySet["Task"]):
    """The questions that workers and the reconciler ask of tasks."""

    def ready(self) -> TaskQuerySet:
        """Tasks that a worker may take: made only once what they need is done."""
        return self.filter(state=State.WAITING, stage__state__in=ACTIVE, stage__run__state__in=ACTIVE)

    def fairly(self) -> TaskQuerySet:
        """In the order in which they are served: Runs with the fewest workers, then those that waited longest.

        Within a Run, its first worker brings text and a second one begins with the voices, so that both branches
        end at about the same time and lines appear early.
        """
        of_run = Task.objects.filter(stage__run=models.OuterRef("stage__run"), state=State.RUNNING)
        count = of_run.order_by().values("stage__run").annotate(n=models.Count("pk")).values("n")
        return self.annotate(
            workers=Coalesce(models.Subquery(count, output_field=models.IntegerField()), 0),
            turn=models.Case(
                models.When(workers=0, stage__name=StageName.DIARIZE, then=1),
                models.When(workers__gt=0, stage__name=StageName.TRANSCRIBE, then=1),
                default=0,
                output_field=models.IntegerField(),
            ),
        ).order_by("workers", models.F("stage__run__served_at").asc(nulls_first=True), "turn", "part", "pk")

    def quiet_since(self, seconds: float) -> TaskQuerySet:
        """Tasks said to be running whose worker gave no sign of life for ``seconds``."""
        return self.filter(state=State.RUNNING, heartbeat_at__lt=timezone.now() - timedelta(seconds=seconds))


class Task(models.Model):
    """What one worker does at a time: a whole stage, or one chunk of transcription."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="tasks")
    part = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_index=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    reused = models.BooleanField(default=False)
    worker = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often a worker began it; a task whose workers keep dying is given up."""
    activity = models.CharField(max_length=20, blank=True)
    """What ``done`` and ``total`` count at the moment, such as ``download`` before the work itself."""
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=1)
    """How much of its stage it is, in milliseconds of audio; 1 for a stage of one task."""
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("stage", "part"), name="one_task_per_part"),)

    def __str__(self) -> str:
        return f"{self.stage.get_name_display()} {self.part + 1}"


class StageResult(models.Model):
    """What a stage made from inputs with this fingerprint; kept between Runs, so that nothing is done twice."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="results")
    stage = models.CharField(max_length=12, choices=StageName)
    fingerprint = models.CharField(max_length=64)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("session", "stage", "fingerprint"), name="one_result_per_fingerprint"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage} {self.fingerprint[:8]}"
