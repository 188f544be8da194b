"""Clips: stretches of sessions that members keep; an operator may rename or remove one.

>>> from django.contrib import admin
>>> from sessions_app.models import Clip
>>> isinstance(admin.site.get_model_admin(Clip), ClipAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engine.clock import format_ms
from sessions_app.models import Clip


@admin.register(Clip)
class ClipAdmin(admin.ModelAdmin):
    """Clips by session and time."""

    list_display = ("__str__", "at", "session", "on_wall", "user", "created_at")
    list_filter = ("on_wall",)
    search_fields = ("title", "session__title", "user__username")
    list_select_related = ("session__campaign", "user")
    raw_id_fields = ("session", "user")
    readonly_fields = ("uuid", "at")

    @admin.display(description=_("time"), ordering="start_ms")
    def at(self, clip: Clip) -> str:
        """Where in the session it begins."""
        return format_ms(clip.start_ms)

    def has_add_permission(self, request: object) -> bool:
        """Clips are made of lines, on the transcript's page."""
        return False
