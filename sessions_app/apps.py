"""Django's registration of the app."""

from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    """Campaigns, sessions and transcripts."""

    name = "sessions_app"
    verbose_name = "Sessions"
