"""Django's registration of the composition root: start-up checks and the ``up`` command."""

from django.apps import AppConfig


class ScribeSiteConfig(AppConfig):
    """The installation itself."""

    name = "scribe_site"
    verbose_name = "Scribe"
