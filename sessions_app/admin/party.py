"""Parties with their characters.

>>> from django.contrib import admin
>>> from sessions_app.models import Party
>>> isinstance(admin.site.get_model_admin(Party), PartyAdmin)
True
"""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.party import AliasesField
from sessions_app.models import Character, Party


class CharacterAdminForm(forms.ModelForm):
    """Aliases as names with commas between them, as on the site."""

    aliases = AliasesField(label=_("Aliases"), required=False)

    class Meta:
        """Every field."""

        model = Character
        fields = "__all__"  # noqa: DJ007 (an operator may change whatever a character has)


class CharacterInline(admin.StackedInline):
    """The cast."""

    model = Character
    form = CharacterAdminForm
    extra = 0
    autocomplete_fields = ("member",)


@admin.register(Party)
class PartyAdmin(admin.ModelAdmin):
    """Parties."""

    list_display = ("__str__", "campaign", "character_count")
    search_fields = ("name", "campaign__name")
    list_select_related = ("campaign",)
    autocomplete_fields = ("campaign",)
    inlines = (CharacterInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Party]:
        """Counts characters along with the list."""
        rows: QuerySet[Party] = super().get_queryset(request)
        return rows.annotate(character_total=Count("characters"))

    @admin.display(description=_("characters"), ordering="character_total")
    def character_count(self, party: Party) -> int:
        """How large the cast is."""
        return int(getattr(party, "character_total", 0))


@admin.register(Character)
class CharacterAdmin(admin.ModelAdmin):
    """Characters."""

    form = CharacterAdminForm
    list_display = ("name", "player", "role", "race", "char_class", "party")
    list_filter = ("role",)
    search_fields = ("name", "player_name", "member__username", "party__name", "party__campaign__name")
    list_select_related = ("member", "party__campaign")
    autocomplete_fields = ("party", "member")
    readonly_fields = ("uuid",)
