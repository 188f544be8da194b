"""Addresses of the mapping file: who is who, to take along and to read in."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
