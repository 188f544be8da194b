"""Addresses of the sockets."""

from django.urls import URLPattern, path, re_path

from realtime_app.consumers import NoConsumer, SessionConsumer

urlpatterns: list[URLPattern] = [
    path("ws/sessions/<uuid:uuid>/", SessionConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path("", NoConsumer.as_asgi()),  # type: ignore[arg-type]
]
