"""Django's registration of the app."""

from django.apps import AppConfig


class RealtimeAppConfig(AppConfig):
    """Sockets and live pages.

    >>> from django.apps import apps
    >>> apps.get_app_config("realtime_app").verbose_name
    'Live'
    """

    name = "realtime_app"
    verbose_name = "Live"

    def ready(self) -> None:
        """Looks after captures from now on."""
        from realtime_app.captures.ending import tidy_captures
        from sessions_app.chores import register

        register(tidy_captures)
