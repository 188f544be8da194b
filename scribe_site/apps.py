"""Django's registration of the composition root: start-up checks and the ``up`` command."""

from django.apps import AppConfig


class ScribeSiteConfig(AppConfig):
    """The installation itself.

    >>> from django.apps import apps
    >>> apps.get_app_config("scribe_site").verbose_name
    'Scribe'
    """

    name = "scribe_site"
    verbose_name = "Scribe"

    def ready(self) -> None:
        """Registers the start-up checks."""
        from scribe_site import checks  # noqa: F401
