"""Addresses of people and their voices; each concept's file lists its own."""

from speakers_app.urls import edits, lines, mapping, people, voices

urlpatterns = [
    *voices.urlpatterns,
    *lines.urlpatterns,
    *edits.urlpatterns,
    *people.urlpatterns,
    *mapping.urlpatterns,
]
