"""Django's registration of the app."""

from django.apps import AppConfig


class SpeakersAppConfig(AppConfig):
    """People and their voices."""

    name = "speakers_app"
    verbose_name = "Speakers"

    def ready(self) -> None:
        """Answers who the voices of sessions are."""
        from sessions_app.voice_book import register
        from speakers_app.book import Book

        register(Book())
