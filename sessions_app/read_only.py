"""Rows that operators read but never write: workers and uploads make them, and editing would contradict the files."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest


class ReadOnly(admin.options.BaseModelAdmin):
    """Neither added nor changed by hand; deleting stays possible where the model's admin allows it.

    >>> from django.contrib.admin import site
    >>> from sessions_app.models import Run
    >>> site.get_model_admin(Run).has_change_permission(None)
    False
    """

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes one by hand."""
        return False
