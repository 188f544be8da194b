"""Changes: what people did to names, voices and lines; read here, and undone.

>>> from django.contrib import admin
>>> from speakers_app.models import Change
>>> isinstance(admin.site.get_model_admin(Change), ChangeAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app.read_only import ReadOnly
from speakers_app.history import CannotUndo, undo
from speakers_app.models import Change
from speakers_app.wording import act_of


@admin.register(Change)
class ChangeAdmin(ReadOnly, admin.ModelAdmin):
    """Changes; which rows they touched is counted, never shown, because vectors may be among them."""

    list_display = ("act", "campaign", "session", "user", "created_at", "undone_at")
    list_filter = ("verb", ("undone_at", admin.EmptyFieldListFilter), "campaign")
    search_fields = ("subject", "user__username", "campaign__name", "session__title")
    list_select_related = ("campaign", "session", "user")
    fields = ("uuid", "act", "campaign", "session", "user", "touched", "created_at", "undone_at")
    readonly_fields = ("uuid", "act", "touched", "created_at")
    date_hierarchy = "created_at"
    actions = ("undo_changes",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        """Leaves out what was changed, which may be large."""
        rows: QuerySet[Change] = super().get_queryset(request)
        return rows.defer("rows", "session__peaks")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the person may undo changes, though nobody edits the rows."""
        return request.user.has_perm("speakers_app.change_change")

    @admin.display(description=gettext_lazy("what"), ordering="verb")
    def act(self, change: Change) -> str:
        """What was done."""
        return act_of(change)

    @admin.display(description=gettext_lazy("rows"))
    def touched(self, change: Change) -> str:
        """How many rows of which kind."""
        return ", ".join(f"{table}: {len(rows)}" for table, rows in change.rows.items())

    @admin.action(description=gettext_lazy("Undo"), permissions=("operate",))
    def undo_changes(self, request: HttpRequest, changes: QuerySet[Change]) -> None:
        """Undoes them, the newest first; what can't be undone any more is said."""
        undone = 0
        for change in changes.order_by("-pk"):
            try:
                undo(change)
                undone += 1
            except CannotUndo as refusal:
                self.message_user(request, f"{act_of(change)}: {refusal}", messages.WARNING)
        if undone:
            said = ngettext("%(n)s change is undone.", "%(n)s changes are undone.", undone)
            self.message_user(request, said % {"n": undone}, messages.SUCCESS)
        elif not changes:
            self.message_user(request, _("There was nothing to undo."), messages.WARNING)
