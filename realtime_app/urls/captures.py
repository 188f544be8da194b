"""Addresses of captures; their audio comes over a socket.

>>> from uuid import UUID
>>> from django.urls import reverse
>>> reverse("capture-audio", args=[UUID(int=7)])
'/captures/00000000-0000-0000-0000-000000000007/audio/'
"""

from django.urls import URLPattern, path

from realtime_app.views import captures

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/capture-token/", captures.capture_token, name="capture-token"),
    path("captures/<uuid:uuid>/audio/", captures.capture_audio, name="capture-audio"),
]
