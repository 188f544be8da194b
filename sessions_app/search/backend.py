"""What a database does for the search; the index itself follows every change of lines by triggers.

>>> of_campaign(7), of_session(7)
('c7', 's7')
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.db import connection
from django.db.models import QuerySet

from sessions_app.models import Segment
from sessions_app.search.asked import Asked, Wanted

REVISION = 1
"""Of what is indexed and how; another one makes every database index its lines anew."""


class Backend(Protocol):
    """The search in one kind of database."""

    def install(self) -> bool:
        """Makes tables and triggers where they are not there; returns whether the lines must be indexed anew."""
        ...

    def uninstall(self) -> None:
        """Drops the triggers, which would stand in the way of changing tables."""
        ...

    def forget(self) -> None:
        """Empties the index."""
        ...

    def index(self, after: int, until: int) -> None:
        """Indexes the lines whose primary keys lie behind ``after`` and up to ``until``; called in a transaction."""
        ...

    def seal(self) -> None:
        """Says that all lines are indexed as :data:`REVISION` says."""
        ...

    def matching(self, lines: QuerySet[Segment], asked: Asked, scopes: Sequence[str]) -> QuerySet[Segment]:
        """Returns those of ``lines`` that hold what is asked.

        Args:
            lines: whichever.
            asked: words and phrases; not empty.
            scopes: of which campaign or sessions ``lines`` are, as :func:`of_campaign` and :func:`of_session` say it.
        """
        ...

    def count(self, wanted: Sequence[Wanted], scopes: Sequence[str], limit: int) -> int:
        """Returns how many lines in ``scopes`` hold what is wanted, at most ``limit``."""
        ...

    def words_beginning(self, beginnings: Sequence[str]) -> list[str]:
        """Returns the indexed words, of all campaigns, that begin with one of ``beginnings``, which are folded."""
        ...

    def words_like(self, word: str, errors: int) -> list[str]:
        """Returns indexed words, of all campaigns, among which are those that differ from ``word`` in few letters.

        Args:
            word: folded.
            errors: letters too much, too little, wrong or swapped.
        """
        ...


def of_campaign(key: int) -> str:
    """Returns the scope of a campaign's lines, by its primary key."""
    return f"c{key}"


def of_session(key: int) -> str:
    """Returns the scope of a session's lines, by its primary key."""
    return f"s{key}"


def backend() -> Backend:
    """Returns the search of the database in use."""
    from sessions_app.search.postgresql import PostgreSQL
    from sessions_app.search.sqlite import SQLite

    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()
