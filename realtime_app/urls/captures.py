"""Addresses of captures; their audio comes over a socket."""

from django.urls import URLPattern, path

from realtime_app.views import captures

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/capture-token/", captures.capture_token, name="capture-token"),
    path("captures/<uuid:uuid>/audio/", captures.capture_audio, name="capture-audio"),
]
