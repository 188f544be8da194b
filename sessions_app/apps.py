"""Django's registration of the app."""

from django.apps import AppConfig


class SessionsAppConfig(AppConfig):
    """Campaigns, sessions and transcripts."""

    name = "sessions_app"
    verbose_name = "Sessions"

    def ready(self) -> None:
        """Says how its errands are done, and what is looked after."""
        from sessions_app import chores
        from sessions_app.clips import errand as cutting
        from sessions_app.errands import working
        from sessions_app.labels import asking, errands
        from sessions_app.models import ErrandKind

        working.register(ErrandKind.LABEL, errands.label)
        working.register(ErrandKind.LEARN, errands.learn)
        working.register(ErrandKind.CLIPS, cutting.clips)
        chores.register(asking.learn_when_quiet)
