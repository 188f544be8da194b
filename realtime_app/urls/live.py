"""Addresses of the live page and of markers."""

from django.urls import URLPattern, path

from realtime_app.views import live

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/live/", live.session_live, name="session-live"),
    path("sessions/<uuid:uuid>/live/state/", live.live_state, name="live-state"),
    path("sessions/<uuid:uuid>/live/lines/", live.live_lines, name="live-lines"),
]
