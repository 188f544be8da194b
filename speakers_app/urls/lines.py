"""Addresses of what people decide about single lines."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
