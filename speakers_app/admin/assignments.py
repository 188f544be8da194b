"""Assignments: whose voice each voice is; whatever an operator changes is a decision, recorded and undoable.

>>> from django.contrib import admin
>>> from speakers_app.models import Assignment
>>> isinstance(admin.site.get_model_admin(Assignment), AssignmentAdmin)
True
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sessions_app.models import Campaign, Session, User
from sessions_app.runs.notices import transcript_changed
from speakers_app import decisions
from speakers_app.admin.with_its_owner import GoesWithItsOwner
from speakers_app.matching import derive
from speakers_app.models import Assignment, Speaker


class StateListFilter(admin.SimpleListFilter):
    """How certain an assignment is."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Returns the choices."""
        return [
            ("locked", str(_("named by a person"))),
            ("automatic", str(_("recognised"))),
            ("suggested", str(_("only suggested"))),
            ("unnamed", str(_("left unnamed"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keeps those of the choice."""
        kept: dict[str | None, dict[str, Any]] = {
            "locked": {"locked": True, "speaker__isnull": False},
            "automatic": {"locked": False, "suggested": False},
            "suggested": {"suggested": True},
            "unnamed": {"locked": True, "speaker": None},
        }
        return queryset.filter(**kept.get(self.value(), {}))


class AssignmentForm(forms.ModelForm):
    """Whose voice it is; empty for a voice that is to have no name."""

    class Meta:
        """All else follows from the decision."""

        model = Assignment
        fields = ("voice", "speaker")

    def clean(self) -> dict[str, Any]:
        """Requires somebody of the voice's own campaign, and a voice that is not part of another."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        voice = cleaned.get("voice") or getattr(self.instance, "voice", None)
        speaker: Speaker | None = cleaned.get("speaker")
        if voice is not None and voice.merged_into_id is not None:
            raise ValidationError(_("This voice was merged with another; assign that one."))
        if voice is not None and speaker is not None and speaker.campaign_id != voice.session.campaign_id:
            self.add_error("speaker", _("This person is not of the voice's campaign."))
        return cleaned


@admin.register(Assignment)
class AssignmentAdmin(GoesWithItsOwner):
    """Assignments of voices to people."""

    form = AssignmentForm
    list_display = (
        "voice",
        "session",
        "campaign",
        "speaker",
        "state",
        "how",
        "sure",
        "decided_by",
    )
    list_filter = (
        StateListFilter,
        "how",
        "voice__session__campaign",
        ("voice__session", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("speaker__name", "voice__session__title", "voice__session__campaign__name")
    list_select_related = ("voice__session__campaign", "speaker", "decided_by")
    autocomplete_fields = ("voice", "speaker")
    fields = ("voice", "speaker", "state", "how", "sure", "runner_up", "decided_by", "decided_at")
    readonly_fields = ("state", "how", "sure", "runner_up", "decided_by", "decided_at")
    ordering = ("voice__session__campaign", "-voice__session__number", "voice__number")
    actions = ("confirm", "unassign", "release", "rematch_sessions", "rematch_campaigns")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        """Never fetches a vector."""
        rows: QuerySet[Assignment] = super().get_queryset(request)
        return rows.defer("voice__embedding", "voice__session__peaks", "voice__session__notes")

    def get_readonly_fields(self, request: HttpRequest, obj: Assignment | None = None) -> tuple[str, ...]:
        """Keeps a decision with its voice."""
        return self.readonly_fields if obj is None else ("voice", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        """Decides, with all that follows, rather than writing the row."""
        assert isinstance(request.user, User)
        if obj.speaker is None:
            decisions.leave_unnamed(obj.voice, request.user)
        else:
            decisions.assign(obj.voice, obj.speaker, request.user)
        made = Assignment.objects.get(voice=obj.voice)
        obj.pk, obj.uuid = made.pk, made.uuid

    @admin.display(description=_("session"), ordering="voice__session__number")
    def session(self, assignment: Assignment) -> str:
        """Where the voice is heard."""
        return str(assignment.voice.session)

    @admin.display(description=_("campaign"), ordering="voice__session__campaign__name")
    def campaign(self, assignment: Assignment) -> str:
        """Whose it is."""
        return str(assignment.voice.session.campaign)

    @admin.display(description=_("state"))
    def state(self, assignment: Assignment) -> str:
        """How certain it is."""
        if assignment.suggested:
            return str(_("only suggested"))
        if not assignment.locked:
            return str(_("recognised"))
        return str(_("named by a person") if assignment.speaker_id else _("left unnamed"))

    @admin.display(description=_("score"), ordering="score")
    def sure(self, assignment: Assignment) -> str:
        """How sure the comparison was, in percent."""
        return "" if assignment.score is None else f"{100 * assignment.score:.1f} %"

    @admin.action(description=_("Confirm the names"), permissions=("change",))
    def confirm(self, request: HttpRequest, assignments: QuerySet[Assignment]) -> None:
        """Makes names that were recognised or suggested decisions."""
        chosen = [each for each in assignments if each.speaker is not None and not each.locked]
        for each in chosen:
            assert each.speaker is not None
            decisions.assign(each.voice, each.speaker, _person(request))
        self._say(
            request, len(chosen), ngettext("%(n)s name confirmed.", "%(n)s names confirmed.", len(chosen))
        )

    @admin.action(description=_("Leave the voices unnamed"), permissions=("change",))
    def unassign(self, request: HttpRequest, assignments: QuerySet[Assignment]) -> None:
        """Takes the names away, and what they had taught."""
        chosen = [each for each in assignments if each.speaker_id is not None]
        for each in chosen:
            decisions.leave_unnamed(each.voice, _person(request))
        self._say(
            request,
            len(chosen),
            ngettext("%(n)s voice left unnamed.", "%(n)s voices left unnamed.", len(chosen)),
        )

    @admin.action(
        description=_("Take the decisions back, so that comparing voices decides"), permissions=("change",)
    )
    def release(self, request: HttpRequest, assignments: QuerySet[Assignment]) -> None:
        """Takes back what people decided."""
        chosen = [each for each in assignments if each.locked]
        for each in chosen:
            decisions.release(each.voice, _person(request))
        self._say(
            request,
            len(chosen),
            ngettext("%(n)s decision taken back.", "%(n)s decisions taken back.", len(chosen)),
        )

    @admin.action(description=_("Match the sessions again"), permissions=("change",))
    def rematch_sessions(self, request: HttpRequest, assignments: QuerySet[Assignment]) -> None:
        """Compares the voices of the sessions with the people of their campaigns anew."""
        sessions = Session.objects.filter(voices__assignment__in=assignments.values("pk")).distinct()
        touched: set[int] = set()
        for campaign in Campaign.objects.filter(sessions__in=sessions).distinct():
            touched |= derive(campaign, sessions.filter(campaign=campaign))
        self._matched(request, touched)

    @admin.action(description=_("Match the whole campaigns again"), permissions=("change",))
    def rematch_campaigns(self, request: HttpRequest, assignments: QuerySet[Assignment]) -> None:
        """Compares the voices of all sessions of the campaigns anew."""
        touched: set[int] = set()
        for campaign in Campaign.objects.filter(
            sessions__voices__assignment__in=assignments.values("pk")
        ).distinct():
            touched |= derive(campaign)
        self._matched(request, touched)

    def _matched(self, request: HttpRequest, touched: set[int]) -> None:
        for session in Session.objects.filter(pk__in=touched).only("uuid"):
            transcript_changed(session)
        changed = len(touched)
        said = ngettext(
            "Matched again: names changed in %(n)s session.",
            "Matched again: names changed in %(n)s sessions.",
            changed,
        )
        self.message_user(request, said % {"n": changed}, messages.SUCCESS)

    def _say(self, request: HttpRequest, count: int, said: str) -> None:
        if count:
            self.message_user(request, said % {"n": count}, messages.SUCCESS)
        else:
            self.message_user(request, _("There was nothing to change."), messages.WARNING)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
