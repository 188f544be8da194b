"""Addresses of accounts, campaigns, members, parties and sessions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
