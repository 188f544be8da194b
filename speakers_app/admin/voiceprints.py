"""Voiceprints; the raw vector is never shown, because it identifies a person.

>>> from django.contrib import admin
>>> from speakers_app.models import Voiceprint
>>> isinstance(admin.site.get_model_admin(Voiceprint), VoiceprintAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from engine.clock import clock
from sessions_app.read_only import ReadOnly
from speakers_app.admin.with_its_owner import GoesWithItsOwner
from speakers_app.models import Voiceprint


class FromListFilter(admin.SimpleListFilter):
    """Where a voiceprint comes from."""

    title = _("from")
    parameter_name = "from"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Returns the choices."""
        return [("voice", str(_("a voice of a session"))), ("read", str(_("a text read aloud")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keeps those of the choice."""
        if self.value() == "voice":
            return queryset.filter(session__isnull=False)
        return queryset.filter(session=None) if self.value() == "read" else queryset


@admin.register(Voiceprint)
class VoiceprintAdmin(ReadOnly, GoesWithItsOwner):
    """Voiceprints: made from what people confirm, and gone when they take that back."""

    list_display = (
        "speaker",
        "campaign",
        "session",
        "voice",
        "speech",
        "model",
        "confirmed_by",
        "created_at",
    )
    list_filter = (FromListFilter, "model", "speaker__campaign")
    search_fields = ("speaker__name", "speaker__campaign__name", "session__title")
    list_select_related = ("speaker__campaign", "session", "voice", "confirmed_by")
    fields = ("uuid", "speaker", "session", "voice", "speech", "model", "confirmed_by", "created_at")
    readonly_fields = ("uuid", "speech", "created_at")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voiceprint]:
        """Never fetches a vector."""
        rows: QuerySet[Voiceprint] = super().get_queryset(request)
        return rows.defer("vector", "voice__embedding", "session__peaks")

    @admin.display(description=_("campaign"), ordering="speaker__campaign__name")
    def campaign(self, voiceprint: Voiceprint) -> str:
        """Whose it is."""
        return str(voiceprint.speaker.campaign)

    @admin.display(description=_("speech"), ordering="speech_ms")
    def speech(self, voiceprint: Voiceprint) -> str:
        """How much speech it was made from."""
        return clock(voiceprint.speech_ms)
