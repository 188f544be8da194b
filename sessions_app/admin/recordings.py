"""Recordings and uploads: made by people's browsers, so only read here.

>>> from django.contrib import admin
>>> from sessions_app.models import Recording
>>> isinstance(admin.site.get_model_admin(Recording), RecordingAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from engine.clock import format_ms
from sessions_app.models import Recording, Upload
from sessions_app.read_only import ReadOnly


@admin.register(Recording)
class RecordingAdmin(ReadOnly, admin.ModelAdmin):
    """Audio files of sessions."""

    list_display = (
        "original_name",
        "session",
        "campaign",
        "shown_size",
        "container",
        "codec",
        "length",
        "created_at",
    )
    list_filter = ("container", "codec", "created_at")
    search_fields = ("original_name", "sha256", "session__title", "session__campaign__name")
    list_select_related = ("session__campaign",)
    date_hierarchy = "created_at"

    @admin.display(description=_("campaign"), ordering="session__campaign__name")
    def campaign(self, recording: Recording) -> str:
        """Whose it is."""
        return str(recording.session.campaign)

    @admin.display(description=_("size"), ordering="size")
    def shown_size(self, recording: Recording) -> str:
        """The size in kB or GB."""
        return filesizeformat(recording.size)

    @admin.display(description=_("length"), ordering="duration_ms")
    def length(self, recording: Recording) -> str:
        """Hours, minutes and seconds."""
        return format_ms(recording.duration_ms).split(".")[0] if recording.duration_ms is not None else ""


@admin.register(Upload)
class UploadAdmin(ReadOnly, admin.ModelAdmin):
    """Files on their way in."""

    list_display = ("original_name", "session", "user", "arrived", "error", "updated_at")
    list_filter = ("created_at", "updated_at")
    search_fields = ("original_name", "error", "user__username", "session__campaign__name")
    list_select_related = ("session__campaign", "user")
    date_hierarchy = "created_at"

    @admin.display(description=_("arrived"))
    def arrived(self, upload: Upload) -> str:
        """How much of it is here."""
        return f"{filesizeformat(upload.offset)} / {filesizeformat(upload.length)}"
