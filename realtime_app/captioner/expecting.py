"""Lets captioners load their models before the first word is said: somebody has the live page open."""

from __future__ import annotations

import logging

from django.conf import settings
from redis.exceptions import RedisError

from realtime_app.captioner.leases import connect

logger = logging.getLogger(__name__)

EXPECTING = "captioner:expecting"
"""The key that is there while a recording is expected."""
LASTS_S = 1800
"""So long after somebody opened the page, models stay loaded."""


def expect_recording() -> None:
    """Tells captioners that a recording is about to begin; costs nothing where Redis is gone.

    >>> expect_recording()  # returns at once, whether Redis answers or not
    """
    client = connect(settings.REDIS_URL)
    try:
        client.set(EXPECTING, "1", ex=LASTS_S)
    except (RedisError, OSError) as error:
        logger.warning("Captioners were not told to expect a recording: %r", error)
    finally:
        client.close()
