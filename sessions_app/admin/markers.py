"""Markers: moments that members set; an operator may correct or remove one.

>>> from django.contrib import admin
>>> from sessions_app.models import Marker
>>> isinstance(admin.site.get_model_admin(Marker), MarkerAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from engine.clock import format_ms
from sessions_app.models import Marker


@admin.register(Marker)
class MarkerAdmin(admin.ModelAdmin):
    """Markers by session and time."""

    list_display = ("__str__", "kind", "at", "session", "user", "created_at")
    list_filter = ("kind",)
    search_fields = ("text", "session__title", "user__username")
    list_select_related = ("session__campaign", "user")
    raw_id_fields = ("session", "user")
    readonly_fields = ("uuid",)

    @admin.display(description=_("time"), ordering="at_ms")
    def at(self, marker: Marker) -> str:
        """The moment in the session."""
        return format_ms(marker.at_ms)
