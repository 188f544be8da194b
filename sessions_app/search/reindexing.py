"""Indexing all lines anew, while Scribe goes on.

>>> from sessions_app.search.backend import backend
>>> reindex(backend(), tell=lambda *progress: None)
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from sessions_app.models import Segment
from sessions_app.search.backend import Backend

BATCH = 2000
"""Lines that are indexed at once: so long whoever writes meanwhile waits."""

Tell = Callable[[int, int], None]
"""Is told how many lines are indexed by now, and how many there are."""


def reindex(search: Backend, tell: Tell) -> None:
    """Indexes all lines of all campaigns anew, in parts; until it is done, not all are found."""
    last = Segment.everything.order_by("-pk").values_list("pk", flat=True).first() or 0
    total = Segment.everything.count()
    search.forget()
    done = 0
    for start in range(0, last, BATCH):
        with transaction.atomic():
            search.index(start, start + BATCH)
        done += Segment.everything.filter(pk__gt=start, pk__lte=start + BATCH).count()
        tell(done, total)
    search.seal()
