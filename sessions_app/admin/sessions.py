"""Sessions, with what can be done about their processing.

>>> from django.contrib import admin
>>> from sessions_app.models import Session
>>> isinstance(admin.site.get_model_admin(Session), SessionAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sessions_app.admin import processing
from sessions_app.models import Run, Session, State


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    """Evenings of play."""

    list_display = ("__str__", "campaign", "date", "language", "length", "recording_count", "state")
    list_filter = ("language", "date", "runs__state")
    search_fields = ("title", "notes", "campaign__name")
    list_select_related = ("campaign",)
    autocomplete_fields = ("campaign",)
    readonly_fields = ("uuid", "length", "audio_name", "created_at")
    date_hierarchy = "date"
    actions = ("process_again", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        """Leaves the waveform out, and finds recordings and the last Run along with the list."""
        rows: QuerySet[Session] = super().get_queryset(request)
        last_run = (
            Run.objects.filter(session=OuterRef("pk")).order_by("-created_at", "-pk").values("state")[:1]
        )
        return rows.defer("peaks").annotate(
            last_state=Subquery(last_run), recording_total=Count("recordings", distinct=True)
        )

    @admin.display(description=_("recordings"), ordering="recording_total")
    def recording_count(self, session: Session) -> int:
        """How many files it has."""
        return int(getattr(session, "recording_total", 0))

    @admin.display(description=_("last Run"), ordering="last_state")
    def state(self, session: Session) -> str:
        """How far the last Run is."""
        last = getattr(session, "last_state", None)
        return str(State(last).label) if last else ""

    @admin.action(description=_("Process again"), permissions=("change",))
    def process_again(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        """Starts a Run of each; what stands from earlier Runs is used again."""
        processing.process_again(self, request, sessions)

    @admin.action(description=_("Cancel processing"), permissions=("change",))
    def cancel(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        """Cancels what is under way."""
        processing.cancel(self, request, Run.objects.active().filter(session__in=sessions.values("pk")))
