"""Makes the index when the database is set up, and anew when its tables or what is indexed changed.

>>> from sessions_app.search.backend import backend
>>> backend().install()  # it is there already
False
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from sessions_app.models import Segment
from sessions_app.search.backend import backend
from sessions_app.search.reindexing import reindex

logger = logging.getLogger(__name__)


def step_aside(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Drops the triggers before tables change; called before migrations."""
    if using == DEFAULT_DB_ALIAS and _has_lines():
        backend().uninstall()


def make_ready(using: str = DEFAULT_DB_ALIAS, plan: Any = (), **kwargs: Any) -> None:
    """Makes the index where it is not there, and indexes anew what migrations may have changed; called after them."""
    if using != DEFAULT_DB_ALIAS or not _has_lines() or not _is_of_now():
        return
    search = backend()
    is_stale = search.install() or any(step.app_label == "sessions_app" for step, _back in plan or ())
    if is_stale:
        reindex(search, _tell)


def _has_lines() -> bool:
    return Segment._meta.db_table in connection.introspection.table_names()


def _is_of_now() -> bool:
    """Whether lines have all the columns that belong to them: after migrating back they do not."""
    with connection.cursor() as cursor:
        there = connection.introspection.get_table_description(cursor, Segment._meta.db_table)
    return {field.column for field in Segment._meta.concrete_fields} <= {column.name for column in there}


def _tell(done: int, total: int) -> None:
    if total > 10_000:
        logger.info("Indexed %s of %s lines for the search.", done, total)
