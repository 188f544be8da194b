"""``manage.py captioner``: one process that makes captions of what is being recorded."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from engine.values import no_progress
from realtime_app.captioner.claims import Claims
from realtime_app.captioner.engine import LiveEngine, LoadedEngine
from realtime_app.captioner.expecting import EXPECTING
from realtime_app.captioner.followers import Followers
from realtime_app.captioner.leases import Leases, connect
from realtime_app.captioner.life import live
from realtime_app.captioner.process import Captioner
from realtime_app.captioner.sources import open_audio
from scribe_site.config import get_config


class Command(BaseCommand):
    """Captions until told to stop."""

    help = "Captions live recordings; start as many as there are sessions at the same time, on any machine."

    def handle(self, **options: Any) -> None:
        """Runs the captioner."""
        leases = Leases(connect(settings.REDIS_URL))
        followers = Followers(lambda: leases.reachable)
        expecting = partial(leases.sees, EXPECTING)
        live(Captioner(load, open_audio, Claims(leases), followers, expecting), leases)


def load() -> LiveEngine:
    """Loads the models that the settings name."""
    from scribe_site.wiring import ConfiguredEngine  # heavy; nothing is recorded most of the time

    models = ConfiguredEngine(get_config()).live(no_progress)
    return LoadedEngine(models.model, models.encoder, models.is_fallback, models.config)
