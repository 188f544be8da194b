"""``manage.py reconcile``: the process that sets right what dead workers and lost tickets left behind."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from sessions_app.chores import do_chores
from sessions_app.errands.asking import tidy as tidy_errands
from sessions_app.runs.reconcile import reconcile
from sessions_app.uploads.expiry import expire_uploads
from sessions_app.uploads.finishing import finish_arrived_uploads
from sessions_app.voice_book import voice_book

logger = logging.getLogger(__name__)

EVERY_S = 5.0


class Command(BaseCommand):
    """Reconciles at start and every few seconds."""

    help = "Frees tasks of dead workers, replaces lost tickets, closes ended Runs, forgets abandoned uploads."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds ``--once``."""
        parser.add_argument("--once", action="store_true", help="reconcile once and end")

    def handle(self, *, once: bool, **options: Any) -> None:
        """Loops until told to stop; a database that does not answer is asked again."""
        stopping = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopping.set())
        while True:
            try:
                close_old_connections()
                reconcile()
                voice_book().tidy()
                tidy_errands()
                finish_arrived_uploads()
                expire_uploads()
                do_chores()
            except DatabaseError:
                logger.exception("The database did not answer")
            if once or stopping.wait(EVERY_S):
                return
