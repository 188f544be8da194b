"""``manage.py reindex_search``: indexes all lines anew, should the search ever find too little."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sessions_app.search.backend import backend
from sessions_app.search.reindexing import reindex


class Command(BaseCommand):
    """Indexes all lines anew while Scribe goes on."""

    help = "Indexes all lines of all campaigns anew for the search. Scribe can go on meanwhile; hits return bit by bit."

    def handle(self, **options: Any) -> None:
        """Tells how far it is."""
        search = backend()
        search.uninstall()
        search.install()
        reindex(search, self._tell)
        self.stdout.write(self.style.SUCCESS("The search is indexed anew."))

    def _tell(self, done: int, total: int) -> None:
        self.stdout.write(f"{done} of {total} lines")
