"""What the built-in classifier has learnt from each campaign: figures to look at, without the lines themselves.

>>> from django.contrib import admin
>>> from sessions_app.models import LearntLabels
>>> isinstance(admin.site.get_model_admin(LearntLabels), LearntLabelsAdmin)
True
"""

from __future__ import annotations

from django.contrib import admin

from sessions_app.models import LearntLabels
from sessions_app.read_only import ReadOnly


@admin.register(LearntLabels)
class LearntLabelsAdmin(ReadOnly, admin.ModelAdmin):
    """One row per campaign and language with corrected labels."""

    list_display = ("campaign", "language", "is_used", "seen", "score_without", "score_with", "tried_at")
    list_filter = ("is_used",)
    search_fields = ("campaign__name",)
    list_select_related = ("campaign",)
    exclude = ("lines",)
