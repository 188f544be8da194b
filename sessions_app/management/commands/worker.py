"""``manage.py worker``: one process that does what Runs need."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sessions_app.worker_process import run


class Command(BaseCommand):
    """Works until told to stop."""

    help = (
        "Does the stages of Runs; start as many as the machine has room for, on as many machines as you like."
    )

    def handle(self, **options: Any) -> None:
        """Runs the worker."""
        run()
