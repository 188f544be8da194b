"""The operator's view of every row; one file per concept.

>>> from django.urls import reverse
>>> reverse("admin:sessions_app_session_changelist")
'/admin/sessions_app/session/'
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sessions_app.admin import (
    campaigns,
    clips,
    errands,
    labels,
    markers,
    party,
    people,
    recordings,
    runs,
    sessions,
    transcripts,
)

__all__ = [
    "campaigns",
    "clips",
    "errands",
    "labels",
    "markers",
    "party",
    "people",
    "recordings",
    "runs",
    "sessions",
    "transcripts",
]

admin.site.site_header = _("Scribe administration")
admin.site.site_title = "Scribe"
admin.site.index_title = _("Everything in this Scribe")
