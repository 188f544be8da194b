"""Voices and lines; the raw vector of a voice is never shown, because it identifies a person.

>>> from django.contrib import admin
>>> from sessions_app.models import Segment
>>> isinstance(admin.site.get_model_admin(Segment), SegmentAdmin)
True
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from engine.clock import format_ms
from sessions_app.models import Segment, Voice
from sessions_app.read_only import ReadOnly


@admin.register(Voice)
class VoiceAdmin(ReadOnly, admin.ModelAdmin):
    """Voices of sessions."""

    list_display = ("__str__", "session", "campaign", "talk_time", "clean_speech", "embedding_model")
    list_filter = ("embedding_model",)
    search_fields = ("session__title", "session__campaign__name")
    list_select_related = ("session__campaign",)
    fields = ("uuid", "session", "number", "talk_time", "clean_speech", "embedding_model")
    readonly_fields = ("uuid", "talk_time", "clean_speech")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voice]:
        """Never fetches the vector."""
        rows: QuerySet[Voice] = super().get_queryset(request)
        return rows.defer("embedding")

    @admin.display(description=_("campaign"), ordering="session__campaign__name")
    def campaign(self, voice: Voice) -> str:
        """Whose it is."""
        return str(voice.session.campaign)

    @admin.display(description=_("talk time"), ordering="talk_ms")
    def talk_time(self, voice: Voice) -> str:
        """How long it speaks."""
        return format_ms(voice.talk_ms).split(".")[0]

    @admin.display(description=_("clean speech"), ordering="speech_ms")
    def clean_speech(self, voice: Voice) -> str:
        """How much speech its voiceprint was made from."""
        return format_ms(voice.speech_ms).split(".")[0]


@admin.register(Segment)
class SegmentAdmin(ReadOnly, SimpleHistoryAdmin):  # type: ignore[misc]  # the library has no types
    """Lines of transcripts, removed ones as well, each with its history."""

    list_display = ("start", "voice", "shown_text", "tier", "kind", "reviewed", "removed_at", "session")
    list_filter = (
        "tier", "kind", "reviewed", ("removed_at", admin.EmptyFieldListFilter), "session__language",
    )  # fmt: skip
    readonly_fields = ("heard_text", "heard_anew", "removed_at")
    history_list_display = ("text", "reviewed", "removed_at")
    search_fields = ("text", "session__title", "session__campaign__name")
    list_select_related = ("session__campaign", "voice")
    list_per_page = 50
    show_full_result_count = False
    exclude = ("words",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Segment]:
        """Leaves words and voice vectors out of the list."""
        rows: QuerySet[Segment] = Segment.everything.all()
        return rows.defer("words", "heard_words", "voice__embedding", "session__peaks")

    @admin.display(description=_("start"), ordering="start_ms")
    def start(self, segment: Segment) -> str:
        """Where in the session it begins."""
        return format_ms(segment.start_ms)

    @admin.display(description=_("text"))
    def shown_text(self, segment: Segment) -> str:
        """The line, cut where it is long."""
        return segment.text if len(segment.text) < 120 else segment.text[:119] + "…"


@admin.register(Segment.history.model)
class LineVersionAdmin(ReadOnly, admin.ModelAdmin):
    """What lines became, each time somebody changed one."""

    list_display = ("history_date", "history_user", "history_change_reason", "text", "of_session")
    list_filter = ("history_change_reason", "history_type")
    search_fields = ("text", "history_user__username", "of_session__title")
    list_select_related = ("history_user", "of_session__campaign")
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "history_date"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leaves the waveform out of the list."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("of_session__peaks")
