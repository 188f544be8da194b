"""Django's registration of the app.

>>> from django.apps import apps
>>> apps.get_app_config("speakers_app").verbose_name
'Speakers'
"""

from django.apps import AppConfig


class SpeakersAppConfig(AppConfig):
    """People and their voices."""

    name = "speakers_app"
    verbose_name = "Speakers"

    def ready(self) -> None:
        """Answers who the voices of sessions are, and does errands with voices."""
        from sessions_app import voice_book
        from sessions_app.errands import working
        from sessions_app.models import ErrandKind
        from speakers_app.book import Book
        from speakers_app.errands.embed import embed
        from speakers_app.errands.enrol import enrol
        from speakers_app.errands.split import split

        voice_book.register(Book())
        working.register(ErrandKind.SPLIT, split)
        working.register(ErrandKind.ENROL, enrol)
        working.register(ErrandKind.EMBED, embed)
