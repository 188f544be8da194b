"""Addresses of the sockets."""

from django.urls import URLPattern, path

from realtime_app.consumers import SessionConsumer

urlpatterns: list[URLPattern] = [
    path("ws/sessions/<uuid:uuid>/", SessionConsumer.as_asgi()),  # type: ignore[arg-type]
]
