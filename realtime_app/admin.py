"""Captures in the administration: how they stand, for operators; nothing of them is changed here."""

from __future__ import annotations

from django.contrib import admin

from realtime_app.models import Capture
from sessions_app.read_only import ReadOnly


@admin.register(Capture)
class CaptureAdmin(ReadOnly, admin.ModelAdmin):
    """Who recorded what, how much of it is here, and what was not recorded.

    >>> shown = admin.site.get_model_admin(Capture)
    >>> shown.has_change_permission(request=None), "captioned_to" in shown.readonly_fields
    (False, True)
    """

    list_display = ("__str__", "session", "user", "state", "held_ms", "heard_at", "created_at")
    list_filter = ("state",)
    search_fields = ("label", "session__title", "session__campaign__name", "user__username")
    list_select_related = ("session__campaign", "user")
    fields = (
        "uuid",
        "session",
        "user",
        "label",
        "state",
        "captioned",
        "offset_ms",
        "held_ms",
        "captioned_to",
        "gaps",
        "recording",
        "heard_at",
        "created_at",
        "stopped_at",
    )
    readonly_fields = fields
