"""``manage.py embed_again``: has workers make the vectors again that another voice encoder than today's had made."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scribe_site.wiring import get_engine
from speakers_app.embedding_again import embed_again_where_needed


class Command(BaseCommand):
    """Starts a task for each session that another model had heard; workers also find this out by themselves."""

    help = "Makes voiceprints again where another voice encoder than the configured one had made them."

    def handle(self, **options: Any) -> None:
        """Starts the tasks and says how many."""
        started = embed_again_where_needed(get_engine().voice_encoder().model_id)
        self.stdout.write(f"Tasks started: {started}." if started else "There is nothing left to start.")
