"""Accounts and the invitations that lead to them.

>>> from django.contrib import admin
>>> from sessions_app.models import User
>>> isinstance(admin.site.get_model_admin(User), AccountAdmin)
True
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sessions_app.invitations import revoke
from sessions_app.models import Invitation, Membership, User

admin.site.unregister(Group)  # rights come from memberships alone


class MembershipInline(admin.TabularInline):
    """The campaigns that somebody belongs to."""

    model = Membership
    extra = 0
    autocomplete_fields = ("campaign",)
    readonly_fields = ("joined_at",)


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Accounts, with a form to give somebody a new password."""

    list_display = (
        "username",
        "shown_name",
        "email",
        "campaign_count",
        "is_staff",
        "is_active",
        "last_login",
    )
    list_filter = ("is_staff", "is_superuser", "is_active", "last_login", "date_joined")
    inlines = (MembershipInline,)
    fieldsets: ClassVar = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Administration"), {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ("user_permissions",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Counts campaigns along with the list."""
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.annotate(campaign_total=Count("memberships"))

    @admin.display(description=_("campaigns"), ordering="campaign_total")
    def campaign_count(self, user: User) -> int:
        """How many campaigns the person belongs to."""
        return int(getattr(user, "campaign_total", 0))


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    """Links into campaigns; the random part that makes a link is never shown."""

    list_display = ("campaign", "role", "created_by", "created_at", "expires_at", "revoked_at", "used")
    list_filter = ("role", "expires_at", "revoked_at")
    search_fields = ("campaign__name", "created_by__username")
    list_select_related = ("campaign", "created_by")
    autocomplete_fields = ("campaign", "created_by")
    readonly_fields = ("uuid", "created_at", "used")
    date_hierarchy = "created_at"
    actions = ("revoke_links",)

    @admin.action(description=_("Revoke the selected links"))
    def revoke_links(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
        """Ends the links; who came in by them stays."""
        for invitation in invitations:
            revoke(invitation)
        self.message_user(request, _("The links no longer let anybody in."))
