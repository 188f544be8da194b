"""Addresses of the sockets.

>>> urlpatterns[1].resolve("ws/sessions/00000000-0000-0000-0000-000000000007/live/").kwargs
{'uuid': UUID('00000000-0000-0000-0000-000000000007')}
"""

from django.urls import URLPattern, path, re_path

from realtime_app.capture_consumer import CaptureConsumer
from realtime_app.consumers import NoConsumer, SessionConsumer
from realtime_app.live.consumer import LiveConsumer

urlpatterns: list[URLPattern] = [
    path("ws/sessions/<uuid:uuid>/", SessionConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/sessions/<uuid:uuid>/live/", LiveConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/captures/", CaptureConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path("", NoConsumer.as_asgi()),  # type: ignore[arg-type]
]
