"""What RQ calls: a job is a ticket that wakes a worker, and says nothing of what there is to do.

>>> STOPPING.is_set(), BUSY.is_set()
(False, False)
"""

from __future__ import annotations

import threading

from scribe_site.wiring import get_engine
from sessions_app.runs.claiming import worker_name
from sessions_app.runs.working import work as work_through

STOPPING = threading.Event()
"""Set when this process is to end; what it has in hand then goes back."""
BUSY = threading.Event()
"""Set while this process has tasks in hand."""


def work() -> int:
    """Does tasks until none is ready; returns how many."""
    BUSY.set()
    try:
        return work_through(get_engine(), worker_name(), STOPPING)
    finally:
        BUSY.clear()
