"""People of campaigns, and how well their voices separate.

>>> from django.contrib import admin
>>> from speakers_app.models import Speaker
>>> isinstance(admin.site.get_model_admin(Speaker), SpeakerAdmin)
True
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Campaign, Session, User
from sessions_app.runs.notices import transcript_changed
from speakers_app.history import recording
from speakers_app.matching import derive
from speakers_app.models import Speaker, Verb
from speakers_app.people import has_voices, keeps_a_wish, remove_person
from speakers_app.readings import drop_readings
from speakers_app.roster import free_colour
from speakers_app.separation import campaigns_with_prints, separation_of


class SpeakerAdminForm(forms.ModelForm):
    """A person, held to what the site's own form asks; consent is the person's own to give."""

    class Meta:
        """Consent has a page of its own on the site."""

        model = Speaker
        fields = ("campaign", "name", "role", "member", "character", "colour")

    def clean(self) -> dict[str, Any]:
        """Requires a name that nobody else of the campaign has, and an account and a character that belong to it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        campaign: Campaign | None = cleaned.get("campaign") or getattr(self.instance, "campaign", None)
        if campaign is None:
            return cleaned
        cleaned["name"] = name = " ".join((cleaned.get("name") or "").split())
        others = Speaker.objects.filter(campaign=campaign).exclude(pk=self.instance.pk)
        if name and others.filter(name__iexact=name).exists():
            self.add_error("name", _("Somebody else of the campaign has this name."))
        if (member := cleaned.get("member")) is not None:
            if not campaign.members.filter(pk=member.pk).exists():
                self.add_error("member", _("This account is not a member of the campaign."))
            elif others.filter(member=member).exists():
                self.add_error("member", _("Somebody else of the campaign has this account."))
        character = cleaned.get("character")
        if character is not None and character.party.campaign_id != campaign.pk:
            self.add_error("character", _("This character is not of the campaign's party."))
        if keeps_a_wish(self.instance) and cleaned.get("member") != self.instance.member:
            raise ValidationError(_("They do not want to be recognised, which stays theirs to change."))
        return cleaned


@admin.register(Speaker)
class SpeakerAdmin(admin.ModelAdmin):
    """People of campaigns."""

    form = SpeakerAdminForm
    change_list_template = "admin/speakers_app/speaker/change_list.html"
    list_display = (
        "name",
        "campaign",
        "role",
        "member",
        "character",
        "consent",
        "voice_count",
        "print_count",
    )
    list_filter = ("role", "consent", "campaign")
    search_fields = ("name", "campaign__name", "member__username", "character__name")
    list_select_related = ("campaign", "member", "character")
    autocomplete_fields = ("campaign", "member", "character")
    readonly_fields = ("uuid", "consent", "created_at")
    fields = ("campaign", "name", "role", "member", "character", "colour", "consent", "uuid", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        """Counts voices and voiceprints along with the list."""
        rows: QuerySet[Speaker] = super().get_queryset(request)
        return rows.annotate(
            voice_total=Count("assignments", distinct=True), print_total=Count("voiceprints", distinct=True)
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Speaker | None = None) -> tuple[str, ...]:
        """Keeps a person in their campaign."""
        return self.readonly_fields if obj is None else ("campaign", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Speaker, form: Any, change: bool) -> None:
        """Saves as a change that can be undone."""
        assert isinstance(request.user, User)
        if not change and "colour" not in form.changed_data:
            obj.colour = free_colour(obj.campaign)
        with recording(obj.campaign, request.user, Verb.EDIT_SPEAKER, obj.name):
            # What the person agreed to meanwhile is not among the fields.
            obj.save(update_fields=form.Meta.fields if change else None)

    def delete_model(self, request: HttpRequest, obj: Speaker) -> None:
        """Removes the person, what is kept of their voice, and what followed from it."""
        assert isinstance(request.user, User)
        if not has_voices(obj) and not keeps_a_wish(obj):
            remove_person(obj, request.user)
            return
        sessions = set(Session.objects.filter(voices__assignment__speaker=obj).values_list("pk", flat=True))
        drop_readings(obj)
        super().delete_model(request, obj)
        for session in Session.objects.filter(pk__in=derive(obj.campaign) | sessions).only("uuid"):
            transcript_changed(session)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Speaker]) -> None:
        """Removes each as one alone is removed."""
        for speaker in queryset:
            self.delete_model(request, speaker)

    def get_urls(self) -> list[URLPattern]:
        """Adds the pages of how well voices separate."""
        own = [
            path("separation/", self.admin_site.admin_view(self.separation), name="speakers_app_separation"),
            path(
                "separation/<uuid:uuid>/",
                self.admin_site.admin_view(self.separation),
                name="speakers_app_campaign_separation",
            ),
        ]
        return own + super().get_urls()

    def separation(self, request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
        """How well the voices of a campaign separate; without one, the campaigns to choose from."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        campaign = get_object_or_404(Campaign, uuid=uuid) if uuid else None
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("How well voices separate"),
            "subtitle": campaign,
            "campaign": campaign,
            "campaigns": campaigns_with_prints(),
            "separation": separation_of(campaign) if campaign else None,
        }
        return TemplateResponse(request, "admin/speakers_app/speaker/separation.html", context)

    @admin.display(description=_("voices"), ordering="voice_total")
    def voice_count(self, speaker: Speaker) -> int:
        """How many voices bear the name, or may."""
        return int(getattr(speaker, "voice_total", 0))

    @admin.display(description=_("voiceprints"), ordering="print_total")
    def print_count(self, speaker: Speaker) -> int:
        """How many voiceprints are kept."""
        return int(getattr(speaker, "print_total", 0))
