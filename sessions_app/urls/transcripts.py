"""Addresses of transcripts, their audio and exports."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
