"""Tells every page when room runs out where recordings are kept.

>>> disk_is_nearly_full()
False
"""

from __future__ import annotations

import time

from django import template

from sessions_app.disk import is_nearly_full

register = template.Library()

LOOK_EVERY_S = 10.0
_seen: list[tuple[float, bool]] = []


@register.simple_tag
def disk_is_nearly_full() -> bool:
    """Whether people should hear of it; looked at every few seconds, not for each page."""
    now = time.monotonic()
    if not _seen or now - _seen[0][0] > LOOK_EVERY_S:
        _seen[:] = [(now, is_nearly_full())]
    return _seen[0][1]
