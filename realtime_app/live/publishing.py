"""Tells the followers of a session what is being said and what changed; called by captioner, consumers and views.

All of it is best effort: a Redis that fails is written to the log and costs nothing else, because a page that missed
something fetches it from the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from engine.clock import clock
from engine.live.values import Draft
from realtime_app.live.lines import rendered_for_all
from realtime_app.live.messages import LiveMessage, News, live_group
from realtime_app.models import Capture
from sessions_app.models import Segment, Session

logger = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""Nobody waits longer than this for Redis to take a message."""


def publish_draft(capture: Capture, draft: Draft, behind_ms: int) -> None:
    """Shows what an open utterance seems to say.

    Args:
        capture: in which it is heard; its session is read.
        draft: in the capture's own time.
        behind_ms: how far the captions are behind what is being said.

    >>> page = get_channel_layer()
    >>> async_to_sync(page.group_add)(live_group(session.uuid), "page")
    >>> draft = Draft(UUID(int=7), 0, 900, firm="We open", soft="the")
    >>> publish_draft(Capture(session=session, offset_ms=63_000), draft, behind_ms=0)
    >>> told = async_to_sync(page.receive)("page")
    >>> told["clock"], told["firm"], told["soft"]
    ('1:03', 'We open', 'the')
    """
    start_ms = capture.offset_ms + draft.start_ms
    send(
        capture.session.uuid,
        {
            "type": "caption.draft",
            "capture": str(capture.uuid),
            "id": str(draft.utterance),
            "start_ms": start_ms,
            "clock": clock(start_ms),
            "firm": draft.firm,
            "soft": draft.soft,
            "behind_ms": behind_ms,
        },
    )


def publish_final(capture: Capture, utterance: UUID, segments: Iterable[Segment], behind_ms: int) -> None:
    """Puts the stored lines of an utterance in the place of its draft; without lines the draft vanishes."""
    send(
        capture.session.uuid,
        {
            "type": "caption.final",
            "capture": str(capture.uuid),
            "id": str(utterance),
            "lines": rendered_for_all(capture.session, segments),
            "behind_ms": behind_ms,
        },
    )


def publish_relabelled(session: Session, segments: Iterable[Segment]) -> None:
    """Shows lines anew whose voices turned out to be others."""
    found = list(segments)
    if found:
        send(session.uuid, {"type": "caption.relabelled", "lines": rendered_for_all(session, found)})


def publish_delay(capture: Capture, behind_ms: int) -> None:
    """Says how far the captions are behind, while there are none to say it with."""
    send(
        capture.session.uuid,
        {"type": "caption.delay", "capture": str(capture.uuid), "behind_ms": behind_ms},
    )


def captures_changed(session: Session) -> None:
    """Says, once the transaction is through, that somebody began, paused, went on, stopped or discarded."""
    _news(session, {"type": "captures.changed"})


def markers_changed(session: Session) -> None:
    """Says, once the transaction is through, that a marker was set, changed or deleted."""
    _news(session, {"type": "markers.changed"})


def send(uuid: UUID, message: LiveMessage) -> None:
    """Sends ``message`` at once to everyone who follows the session ``uuid``."""
    try:
        async_to_sync(send_soon)(uuid, message)
    except Exception as error:  # whatever Redis does, work in hand goes on
        logger.warning("%s was not published: %r", message["type"], error)


async def send_soon(uuid: UUID, message: LiveMessage) -> None:
    """Sends as :func:`send` does, from where a loop runs; raises what goes wrong."""
    layer = get_channel_layer()
    if layer is not None:
        async with asyncio.timeout(PATIENCE_S):
            await layer.group_send(live_group(uuid), dict(message))


def _news(session: Session, news: News) -> None:
    transaction.on_commit(lambda: send(session.uuid, news))
