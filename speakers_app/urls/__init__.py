"""Addresses of people and their voices; each concept's file lists its own.

>>> from django.urls import reverse
>>> reverse("session-voices", args=[session.uuid]).startswith(session.get_absolute_url())
True
"""

from speakers_app.urls import edits, lines, mapping, people, voices

urlpatterns = [
    *voices.urlpatterns,
    *lines.urlpatterns,
    *edits.urlpatterns,
    *people.urlpatterns,
    *mapping.urlpatterns,
]
