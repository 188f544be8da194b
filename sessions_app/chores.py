"""What is looked after every few seconds; apps that sessions do not know add theirs while Django starts.

>>> tidied = []
>>> def tidy():
...     tidied.append("all")
>>> register(tidy)
>>> do_chores()
>>> tidied
['all']
>>> _chores.remove(tidy)
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError

logger = logging.getLogger(__name__)

Chore = Callable[[], None]
"""Safe to do at any time, by several processes at once."""

_chores: list[Chore] = []


def register(chore: Chore) -> None:
    """Adds ``chore`` to what :func:`do_chores` does."""
    if chore not in _chores:
        _chores.append(chore)


def do_chores() -> None:
    """Does each chore; one that fails does not keep the others from being done.

    Raises:
        DatabaseError: the database does not answer.
    """
    for chore in _chores:
        try:
            chore()
        except DatabaseError:
            raise
        except Exception:
            logger.exception("%s failed", chore.__name__)
