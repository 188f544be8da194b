"""Rows that go with what they belong to, but are not deleted by themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class GoesWithItsOwner(admin.ModelAdmin):
    """Deleting a campaign, session or person takes these rows along; on their own pages there is no deleting them.

    >>> from django.test import RequestFactory
    >>> from django.urls import resolve, reverse
    >>> from speakers_app.models import Voiceprint
    >>> request = RequestFactory().get("/")
    >>> request.resolver_match = resolve(reverse("admin:speakers_app_voiceprint_changelist"))
    >>> GoesWithItsOwner(Voiceprint, admin.site).has_delete_permission(request)
    False
    """

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Says no where the row itself, rather than what it belongs to, would be deleted."""
        match = request.resolver_match
        own = f"{self.opts.app_label}_{self.opts.model_name}_"
        if match is not None and (match.url_name or "").startswith(own):
            return False
        return super().has_delete_permission(request, obj)
