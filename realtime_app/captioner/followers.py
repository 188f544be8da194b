"""What a captioner tells the people who follow a session; nothing while Redis is gone, which would only cost time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError

from engine.live.values import Draft
from realtime_app.live import publishing
from realtime_app.models import Capture
from sessions_app.models import Segment, Session

logger = logging.getLogger(__name__)

DELAY_FROM_MS = 3_000
"""Captions that are further behind than this say so by themselves."""
DELAY_EVERY_S = 1.0


class Followers:
    """Publishes captions.

    Args:
        reachable: tells whether Redis answers.
        now: a clock in seconds.

    >>> from asgiref.sync import async_to_sync
    >>> from channels.layers import get_channel_layer
    >>> from realtime_app.live.messages import live_group
    >>> page = get_channel_layer()
    >>> async_to_sync(page.group_add)(live_group(session.uuid), "page")
    >>> Followers(reachable=lambda: True).delay(Capture(session=session), behind_ms=4_000)
    >>> async_to_sync(page.receive)("page")
    {'type': 'caption.delay', 'capture': '...', 'behind_ms': 4000}
    """

    def __init__(self, reachable: Callable[[], bool], now: Callable[[], float] = time.monotonic) -> None:
        self._reachable = reachable
        self._now = now
        self._late: dict[UUID, float] = {}

    def draft(self, capture: Capture, draft: Draft, behind_ms: int) -> None:
        """Shows what is being said."""
        if self._reachable():
            publishing.publish_draft(capture, draft, behind_ms)

    def final(self, capture: Capture, utterance: UUID, lines: list[Segment], behind_ms: int) -> None:
        """Shows stored lines in the place of their draft."""
        self._safely(lambda: publishing.publish_final(capture, utterance, lines, behind_ms))

    def relabelled(self, session: Session, lines: list[Segment]) -> None:
        """Shows lines anew that turned out to be somebody else's."""
        if lines:
            self._safely(lambda: publishing.publish_relabelled(session, lines))

    def delay(self, capture: Capture, behind_ms: int) -> None:
        """Says how far the captions are behind, each second while it is far, and once when it no longer is."""
        told = self._late.get(capture.uuid)
        if behind_ms > DELAY_FROM_MS:
            if told is not None and self._now() < told + DELAY_EVERY_S:
                return
            self._late[capture.uuid] = self._now()
        elif told is None:
            return
        else:
            del self._late[capture.uuid]
        if self._reachable():
            publishing.publish_delay(capture, behind_ms)

    def leave(self, capture: Capture) -> None:
        """Forgets a capture."""
        self._late.pop(capture.uuid, None)

    def _safely(self, publish: Callable[[], None]) -> None:
        """Publishes what is read from the database; pages fetch what they missed."""
        if not self._reachable():
            return
        try:
            publish()
        except DatabaseError as error:
            logger.warning("Lines were stored but not published: %r", error)
