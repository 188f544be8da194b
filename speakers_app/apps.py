"""Django's registration of the app."""

from django.apps import AppConfig


class SpeakersAppConfig(AppConfig):
    """People and their voices."""

    name = "speakers_app"
    verbose_name = "Speakers"
