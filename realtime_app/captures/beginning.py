"""Begins a capture: where in the session it starts, and whether there may be one more."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from engine.told import Told
from realtime_app.captures.audio_file import held_samples
from realtime_app.live.publishing import captures_changed
from realtime_app.models import Capture, CaptureState
from scribe_site.config import get_config
from sessions_app.models import Campaign, Recording, Session, User


class TooMany(Exception):
    """The campaign has as many captures as it may have at once; the message is for people."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a device says of the capture that it wants to begin; see :class:`realtime_app.captures.protocol.Hello`."""

    key: str
    label: str
    captioned: bool


def begin_capture(user: User, session: Session, wish: Wish) -> Capture:
    """Returns the capture that the device began: a new one, or the one that it began before by this key.

    Raises:
        TooMany: the campaign's limit is reached.

    >>> wish = Wish("phone-of-olga", "Phone", captioned=True)
    >>> capture = begin_capture(owner, session, wish)
    >>> capture.offset_ms, begin_capture(owner, session, wish) == capture
    (30000, True)
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=session.campaign_id)
        before = Capture.objects.filter(session=session, key=wish.key).first()
        if before is not None:
            return before
        limit = get_config().captures_per_campaign
        if Capture.objects.open().filter(session__campaign=session.campaign_id).count() >= limit:
            raise TooMany(
                Told(
                    "%(limit)s devices record for this campaign already; no more may at the same time.",
                    limit=limit,
                )
            )
        running = Capture.objects.open().filter(session=session).first()
        capture = Capture.objects.create(
            session=session,
            user=user,
            key=wish.key,
            label=wish.label,
            captioned=wish.captioned,
            beside=running is not None,
            offset_ms=_clock(running) if running else _end_of(session),
        )
        captures_changed(session)
    return capture


def _clock(capture: Capture) -> int:
    """Returns the session's time now, by a capture that is running: what is held of it, or the clock on the wall."""
    capture.held = max(capture.held, held_samples(capture.uuid))
    since_ms = round((timezone.now() - capture.created_at).total_seconds() * 1000)
    return max(capture.end_ms, capture.offset_ms + since_ms)


def _end_of(session: Session) -> int:
    """Returns where what the session holds ends, as far as is known."""
    recordings = Recording.objects.filter(session=session)
    placed = max(
        (r.offset_ms + (r.duration_ms or 0) for r in recordings if r.offset_ms is not None), default=0
    )
    following = sum(r.duration_ms or 0 for r in recordings if r.offset_ms is None)
    ended = Capture.objects.filter(session=session).exclude(state=CaptureState.DISCARDED)
    captured = max((capture.end_ms for capture in ended), default=0)
    known = Session.objects.filter(pk=session.pk).aggregate(ms=Max("duration_ms"))["ms"] or 0
    return max(known, placed, following, captured)
