"""What workers do beside Runs: made by the site and by workers, so only read here.

>>> from django.contrib import admin
>>> from sessions_app.models import Errand
>>> isinstance(admin.site.get_model_admin(Errand), ErrandAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Errand
from sessions_app.read_only import ReadOnly


@admin.register(Errand)
class ErrandAdmin(ReadOnly, admin.ModelAdmin):
    """Errands."""

    list_display = (
        "kind",
        "campaign",
        "session",
        "state",
        "progress",
        "message",
        "worker",
        "created_at",
        "finished_at",
    )
    list_filter = ("state", "kind", "campaign")
    search_fields = ("message", "detail", "worker", "campaign__name", "session__title")
    list_select_related = ("campaign", "session")
    exclude = ("inputs",)
    readonly_fields = ("uuid", "progress")
    date_hierarchy = "created_at"

    @admin.display(description=_("progress"))
    def progress(self, task: Errand) -> str:
        """How much of it is done."""
        return f"{task.done} / {task.total}" if task.total else ""
