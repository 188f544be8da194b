"""Django's registration of the app."""

from django.apps import AppConfig


class RealtimeAppConfig(AppConfig):
    """Sockets and live pages."""

    name = "realtime_app"
    verbose_name = "Live"
