"""Addresses of uploads and recordings."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
