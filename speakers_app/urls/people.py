"""Addresses of the people of a campaign and of their voiceprints."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
