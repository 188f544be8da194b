"""Django's registration of the app.

>>> from django.apps import apps
>>> apps.get_app_config("sessions_app").verbose_name
'Sessions'
"""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models import signals


class SessionsAppConfig(AppConfig):
    """Campaigns, sessions and transcripts."""

    name = "sessions_app"
    verbose_name = "Sessions"

    def ready(self) -> None:
        """Says how its errands are done, what is looked after, and what follows a change of tables."""
        from sessions_app import chores
        from sessions_app.clips import errand as cutting
        from sessions_app.errands import working
        from sessions_app.labels import asking, errands
        from sessions_app.models import ErrandKind
        from sessions_app.search import installing, sqlite

        connection_created.connect(sqlite.teach)
        signals.pre_migrate.connect(installing.step_aside, sender=self)
        signals.post_migrate.connect(installing.make_ready, sender=self)
        working.register(ErrandKind.LABEL, errands.label)
        working.register(ErrandKind.LEARN, errands.learn)
        working.register(ErrandKind.CLIPS, cutting.clips)
        chores.register(asking.learn_when_quiet)
