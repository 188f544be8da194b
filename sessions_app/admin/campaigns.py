"""Campaigns with their members.

>>> from django.contrib import admin
>>> from sessions_app.models import Campaign
>>> isinstance(admin.site.get_model_admin(Campaign), CampaignAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Campaign, Membership, Party


class MembershipInline(admin.TabularInline):
    """Who belongs to a campaign."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)
    readonly_fields = ("joined_at",)


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    """Campaigns."""

    list_display = ("name", "language", "member_count", "session_count", "created_at")
    list_filter = ("language", "created_at")
    search_fields = ("name", "description", "members__username")
    readonly_fields = ("uuid", "created_at")
    date_hierarchy = "created_at"
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Counts members and sessions along with the list."""
        rows: QuerySet[Campaign] = super().get_queryset(request)
        return rows.annotate(
            member_total=Count("memberships", distinct=True), session_total=Count("sessions", distinct=True)
        )

    def save_model(self, request: HttpRequest, obj: Campaign, form: object, change: bool) -> None:
        """Gives a campaign made here its party, as one made on the site has."""
        super().save_model(request, obj, form, change)
        Party.objects.get_or_create(campaign=obj)

    @admin.display(description=_("members"), ordering="member_total")
    def member_count(self, campaign: Campaign) -> int:
        """How many people belong to it."""
        return int(getattr(campaign, "member_total", 0))

    @admin.display(description=_("sessions"), ordering="session_total")
    def session_count(self, campaign: Campaign) -> int:
        """How many sessions it has."""
        return int(getattr(campaign, "session_total", 0))


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who belongs to which campaign."""

    list_display = ("user", "campaign", "role", "joined_at")
    list_filter = ("role", "joined_at")
    search_fields = ("user__username", "campaign__name")
    list_select_related = ("user", "campaign")
    autocomplete_fields = ("user", "campaign")
    readonly_fields = ("uuid", "joined_at")
