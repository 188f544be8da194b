"""How a session's recording stands at this moment: who records, what the session's clock says, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from engine.clock import clock, samples_to_ms
from realtime_app.models import Capture, CaptureState
from sessions_app.models import Run, Session, State

SILENT_AFTER = timedelta(seconds=40)
"""A device that was not heard of for so long has probably lost its connection."""

UNATTENDED_MS = 60_000
"""No utterance is as long: captions that are so far behind wait for a captioner."""


class Phase(StrEnum):
    """What the evening is at."""

    IDLE = "idle"
    RECORDING = "recording"
    PAUSED = "paused"
    CLOSING = "closing"
    PROCESSING = "processing"
    FAILED = "failed"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class OnAir:
    """One device that records."""

    capture: Capture
    silent_since: datetime | None
    """When it was last heard of, where that is too long ago."""

    @property
    def is_paused(self) -> bool:
        """Whether it pauses."""
        return bool(self.capture.state == CaptureState.PAUSED)


@dataclass(frozen=True, slots=True)
class Now:
    """A session as its live page tells of it.

    Attributes:
        phase: what the evening is at.
        on_air: the devices that record, the first first.
        run: the latest Run.
        now_ms: what the session's clock says; None where nobody records.
        is_demo: whether captions come from the bundled demo model.
        behind_ms: how much of what is here has not become captions.
    """

    phase: Phase
    on_air: tuple[OnAir, ...]
    run: Run | None
    now_ms: int | None
    is_demo: bool = False
    behind_ms: int = 0

    @property
    def clock(self) -> str:
        """The session's clock as people read it."""
        return clock(self.now_ms or 0)

    @property
    def is_unattended(self) -> bool:
        """Whether so much waits that no captioner seems to be at work."""
        return self.behind_ms > UNATTENDED_MS

    @property
    def behind_minutes(self) -> int:
        """How far captions are behind, in minutes, at least one."""
        return max(1, round(self.behind_ms / 60_000))

    @property
    def is_open(self) -> bool:
        """Whether any device records or pauses."""
        return bool(self.on_air)


def now_of(session: Session, moment: datetime | None = None) -> Now:
    """Returns how ``session`` stands at ``moment``, by default now.

    >>> now_of(session).phase
    <Phase.READY: 'ready'>
    >>> capture = Capture.objects.create(session=session, offset_ms=30_000)
    >>> now_of(session, capture.created_at + timedelta(minutes=1)).clock
    '1:30'
    """
    moment = moment or timezone.now()
    captures = list(
        Capture.objects.filter(session=session).exclude(state=CaptureState.DISCARDED).select_related("user")
    )
    open_ones = [capture for capture in captures if capture.is_open]
    run = Run.objects.latest_of(session)
    return Now(
        phase=_phase(captures, run),
        on_air=tuple(_on_air(capture, moment) for capture in open_ones),
        run=run,
        now_ms=max((_clock_of(capture, moment) for capture in open_ones), default=None),
        is_demo=any(capture.demo_text for capture in captures if capture.state != CaptureState.FINISHED),
        behind_ms=max((_behind_of(capture) for capture in captures), default=0),
    )


def moment_in(session: Session, moment: datetime | None = None) -> int | None:
    """Returns where in ``session`` the present lies, in milliseconds: its end where nobody records any more.

    None where nobody ever recorded.
    """
    moment = moment or timezone.now()
    captures = Capture.objects.filter(session=session).exclude(state=CaptureState.DISCARDED)
    open_ones = [_clock_of(capture, moment) for capture in captures.open()]
    ends = open_ones or [capture.end_ms for capture in captures]
    return max(ends, default=None)


def _clock_of(capture: Capture, moment: datetime) -> int:
    """Returns the session's time by this capture, whose clock goes on while it pauses or is cut off."""
    elapsed_ms = int((moment - capture.created_at).total_seconds() * 1000)
    return int(capture.offset_ms + max(capture.held_ms, elapsed_ms))


def _behind_of(capture: Capture) -> int:
    if not capture.captioned or capture.state == CaptureState.FINISHED:
        return 0
    return samples_to_ms(max(0, capture.held - capture.captioned_to))


def _on_air(capture: Capture, moment: datetime) -> OnAir:
    silent = moment - capture.heard_at > SILENT_AFTER
    return OnAir(capture, capture.heard_at if silent else None)


def _phase(captures: list[Capture], run: Run | None) -> Phase:
    states = {capture.state for capture in captures}
    if CaptureState.RECORDING in states:
        return Phase.RECORDING
    if CaptureState.PAUSED in states:
        return Phase.PAUSED
    if CaptureState.STOPPED in states:
        return Phase.CLOSING
    if run is None:
        return Phase.IDLE
    if run.is_active:
        return Phase.PROCESSING
    return Phase.READY if run.state == State.DONE else Phase.FAILED
