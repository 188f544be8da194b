"""Addresses of people and their voices; each concept's file lists its own."""

from speakers_app.urls import lines, mapping, people, voices

urlpatterns = [*voices.urlpatterns, *lines.urlpatterns, *people.urlpatterns, *mapping.urlpatterns]
