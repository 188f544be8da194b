"""A table of people: someone who records, voices, and lines as a captioner stores them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db.models import Max

from realtime_app.models import Capture
from sessions_app.models import Segment, Session, Tier, Voice


def begin(session: Session, user=None, **fields) -> Capture:
    """Somebody begins to record."""
    return Capture.objects.create(session=session, user=user, key=uuid4().hex, **fields)


def say(session: Session, text: str, voice: Voice | None = None, **fields) -> Segment:
    """Stores one live line after those that are there."""
    last = Segment.objects.filter(session=session).aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    there = {
        "session": session,
        "voice": voice,
        "heard_voice": voice,
        "tier": Tier.FINAL,
        "position": position,
        "start_ms": 1000 * position,
        "end_ms": 1000 * position + 900,
        "text": text,
    }
    return Segment.objects.create(**there | fields)


@pytest.fixture
def capture(session, editor) -> Capture:
    return begin(session, editor, label="Laptop")


@pytest.fixture
def voice(session) -> Voice:
    return Voice.objects.create(session=session, number=1, talk_ms=1000)
