"""Runs with their stages, the tasks of workers, and kept results: made by workers, so only read here.

>>> from django.contrib import admin
>>> from sessions_app.models import Run
>>> isinstance(admin.site.get_model_admin(Run), RunAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Length
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from sessions_app.admin import processing
from sessions_app.models import Run, Session, Stage, StageResult, Task
from sessions_app.read_only import ReadOnly


class StageInline(ReadOnly, admin.TabularInline):
    """How far each stage is, and what went wrong."""

    model = Stage
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ("name", "state", "reused", "message", "detail", "started_at", "finished_at")


class TaskInline(ReadOnly, admin.TabularInline):
    """Which worker has which part."""

    model = Task
    extra = 0
    can_delete = False
    fields = (
        "part",
        "state",
        "worker",
        "attempts",
        "done",
        "total",
        "heartbeat_at",
        "started_at",
        "finished_at",
    )


@admin.register(Run)
class RunAdmin(ReadOnly, admin.ModelAdmin):
    """Processings of sessions."""

    list_display = (
        "session", "campaign", "state", "asr_model", "asr_fallback", "requested_by", "created_at", "finished_at",
    )  # fmt: skip
    list_filter = ("state", "asr_model", "asr_fallback", "created_at")
    search_fields = ("session__title", "session__campaign__name", "requested_by__username", "stages__message")
    list_select_related = ("session__campaign", "requested_by")
    date_hierarchy = "created_at"
    inlines = (StageInline,)
    actions = ("process_again", "cancel")

    @admin.display(description=_("campaign"), ordering="session__campaign__name")
    def campaign(self, run: Run) -> str:
        """Whose it is."""
        return str(run.session.campaign)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the person may start and cancel Runs, though nobody edits the rows."""
        return request.user.has_perm("sessions_app.change_run")

    @admin.action(description=_("Process the sessions again"), permissions=("operate",))
    def process_again(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        """Starts a Run of each session; what stands from earlier Runs is used again."""
        sessions = Session.objects.filter(pk__in=runs.values("session"))
        processing.process_again(self, request, sessions)

    @admin.action(description=_("Cancel"), permissions=("operate",))
    def cancel(self, request: HttpRequest, runs: QuerySet[Run]) -> None:
        """Cancels those that are under way."""
        processing.cancel(self, request, runs)


@admin.register(Stage)
class StageAdmin(ReadOnly, admin.ModelAdmin):
    """Stages of Runs."""

    list_display = ("name", "run", "state", "reused", "message", "started_at", "finished_at")
    list_filter = ("name", "state", "reused", "retryable")
    search_fields = (
        "message",
        "detail",
        "fingerprint",
        "run__session__title",
        "run__session__campaign__name",
    )
    list_select_related = ("run__session__campaign",)
    inlines = (TaskInline,)


@admin.register(Task)
class TaskAdmin(ReadOnly, admin.ModelAdmin):
    """What workers do."""

    list_display = ("__str__", "session", "state", "worker", "attempts", "done", "total", "heartbeat_at")
    list_filter = ("state", "stage__name", "worker")
    search_fields = ("worker", "stage__run__session__title", "stage__run__session__campaign__name")
    list_select_related = ("stage__run__session__campaign",)

    @admin.display(description=_("session"), ordering="stage__run__session")
    def session(self, task: Task) -> str:
        """What it is part of."""
        return str(task.stage.run.session)


@admin.register(StageResult)
class StageResultAdmin(ReadOnly, admin.ModelAdmin):
    """Kept results; deleting one makes the next Run do that stage again."""

    list_display = ("stage", "session", "fingerprint", "payload_size", "created_at")
    list_filter = ("stage", "created_at")
    search_fields = ("fingerprint", "session__title", "session__campaign__name")
    list_select_related = ("session__campaign",)
    exclude = ("payload",)
    readonly_fields = ("payload_size",)
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[StageResult]:
        """Weighs the payloads without fetching them: some hold megabytes and voice embeddings."""
        rows: QuerySet[StageResult] = super().get_queryset(request)
        return rows.defer("payload").annotate(weight=Length(Cast("payload", TextField())))

    @admin.display(description=_("size"), ordering="weight")
    def payload_size(self, result: StageResult) -> str:
        """How much it holds."""
        return filesizeformat(getattr(result, "weight", 0))
