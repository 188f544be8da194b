"""Addresses of live recording; each concept's file lists its own."""

from realtime_app.urls import live

urlpatterns = [*live.urlpatterns]
