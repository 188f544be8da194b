"""Tells open pages that something changed; they then fetch what they may see. A notice that is lost costs nothing.

>>> from uuid import UUID
>>> session_group(UUID(int=7))
'session.00000000000000000000000000000007'
"""

from __future__ import annotations

import asyncio
import logging
from typing import Literal, TypedDict
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from sessions_app.models import Session

logger = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""A worker never waits longer than this for Redis to take a notice."""


class Nudge(TypedDict):
    """What goes to a session's group, and on to its pages as it is: which part of the page to fetch again."""

    type: Literal["run.changed", "transcript.changed", "lines.changed"]


def session_group(uuid: UUID) -> str:
    """Returns the group of everyone who has the session's page open."""
    return f"session.{uuid.hex}"


def run_changed(session: Session) -> None:
    """Says, once the transaction is through, that the state or progress of the session's Run changed."""
    transaction.on_commit(lambda: _publish(session.uuid, {"type": "run.changed"}))


def transcript_changed(session: Session) -> None:
    """Says, once the transaction is through, that the session has other lines now."""
    transaction.on_commit(lambda: _publish(session.uuid, {"type": "transcript.changed"}))


def lines_changed(session: Session) -> None:
    """Says, once the transaction is through, that people wrote in lines of the session; all else is as it was."""
    transaction.on_commit(lambda: _publish(session.uuid, {"type": "lines.changed"}))


def _publish(uuid: UUID, nudge: Nudge) -> None:
    try:
        async_to_sync(_send)(session_group(uuid), nudge)
    except Exception as error:  # whatever Redis does, work in hand goes on
        logger.warning("The notice %s was not published: %r", nudge["type"], error)


async def _send(group: str, nudge: Nudge) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async with asyncio.timeout(PATIENCE_S):
            await layer.group_send(group, dict(nudge))
