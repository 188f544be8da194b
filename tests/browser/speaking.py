"""Speaks at a table: a process of the product that does what a captioner does, told line by line by a test.

It reads one JSON list ``[function, {arguments}]`` per line from its standard input and answers each with its result.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import django

django.setup()

from django.db.models import Max  # noqa: E402
from django.utils import timezone  # noqa: E402

from engine.live.values import Draft  # noqa: E402
from realtime_app.live import publishing  # noqa: E402
from realtime_app.models import Capture, CaptureState  # noqa: E402
from sessions_app.models import Campaign, Marker, Run, Segment, Session, State, Tier, User, Voice  # noqa: E402
from sessions_app.runs.notices import transcript_changed  # noqa: E402


def evening(title: str) -> str:
    """Makes a session; returns its uuid."""
    campaign = Campaign.objects.get()
    session = Session.objects.create(
        campaign=campaign, number=campaign.sessions.next_number(), title=title, language="en"
    )
    return str(session.uuid)


def begin(session: str, user: str = "eddie", label: str = "Laptop", ago_s: int = 0) -> str:
    """Somebody begins to record; returns the capture's uuid."""
    capture = Capture.objects.create(
        session=Session.objects.get(uuid=session),
        user=User.objects.get(username=user),
        key=uuid4().hex,
        label=label,
    )
    begun = timezone.now() - timedelta(seconds=ago_s)
    Capture.objects.filter(pk=capture.pk).update(created_at=begun, held=ago_s * 16_000)
    publishing.captures_changed(capture.session)
    return str(capture.uuid)


def become(capture: str, state: str) -> None:
    """The capture pauses, goes on, stops or finishes."""
    row = _capture(capture)
    Capture.objects.filter(pk=row.pk).update(state=CaptureState(state), heard_at=timezone.now())
    publishing.captures_changed(row.session)


def draft(capture: str, utterance: str, firm: str, soft: str = "", behind_ms: int = 300) -> None:
    """Somebody is speaking."""
    publishing.publish_draft(
        _capture(capture), Draft(UUID(utterance), _now_ms(capture), _now_ms(capture), firm, soft), behind_ms
    )


def final(
    capture: str, text: str, voice: int | None = None, utterance: str = "", quietly: bool = False
) -> str:
    """Somebody has spoken: the line is stored, and told unless ``quietly``; returns its uuid."""
    row = _capture(capture)
    spoken_by = voice and Voice.objects.get_or_create(session=row.session, number=voice)[0]
    if spoken_by:
        Voice.objects.filter(pk=spoken_by.pk).update(talk_ms=5000)
    last = Segment.objects.filter(session=row.session).aggregate(last=Max("position"))["last"]
    line = Segment.objects.create(
        uuid=UUID(utterance) if utterance else uuid4(),
        session=row.session,
        tier=Tier.FINAL,
        capture=row.uuid,
        voice=spoken_by or None,
        heard_voice=spoken_by or None,
        position=0 if last is None else last + 1,
        start_ms=_now_ms(capture),
        end_ms=_now_ms(capture) + 2000,
        text=text,
    )
    if not quietly:
        publishing.publish_final(row, line.uuid, [line], 400)
    return str(line.uuid)


def nothing_said(capture: str, utterance: str) -> None:
    """It was no speech after all."""
    publishing.publish_final(_capture(capture), UUID(utterance), [], 400)


def relabel(line: str, voice: int) -> None:
    """A line turns out to be another voice's."""
    row = Segment.objects.select_related("session").get(uuid=line)
    row.voice = row.heard_voice = Voice.objects.get_or_create(session=row.session, number=voice)[0]
    row.save()
    publishing.publish_relabelled(row.session, [row])


def delay(capture: str, behind_ms: int) -> None:
    """The captions fall behind."""
    publishing.publish_delay(_capture(capture), behind_ms)


def transcribe(session: str, state: str = "done") -> None:
    """The evening is processed: its live lines become those of the full-quality pass."""
    row = Session.objects.get(uuid=session)
    run = Run.objects.filter(session=row).first() or Run.objects.create(session=row)
    Run.objects.filter(pk=run.pk).update(state=State(state), finished_at=timezone.now())
    if state == State.DONE:
        Segment.objects.filter(session=row).update(tier=Tier.BATCH, run=run)
        Session.objects.filter(pk=row.pk).update(duration_ms=60_000)
    transcript_changed(row)


def markers(session: str) -> list[list[Any]]:
    """The markers there are."""
    rows = Marker.objects.filter(session__uuid=session)
    return [[row.kind, row.at_ms, row.text, row.user and row.user.username] for row in rows]


def voices(session: str) -> list[str]:
    """Who is named."""
    return list(
        Voice.objects.filter(session__uuid=session, assignment__speaker__isnull=False)
        .order_by("number")
        .values_list("assignment__speaker__name", flat=True)
    )


def _capture(uuid: str) -> Capture:
    capture: Capture = Capture.objects.select_related("session__campaign").get(uuid=uuid)
    return capture


def _now_ms(capture: str) -> int:
    return int((timezone.now() - _capture(capture).created_at).total_seconds() * 1000)


if __name__ == "__main__":
    for line in sys.stdin:
        name, arguments = json.loads(line)
        sys.stdout.write(json.dumps(globals()[name](**arguments)) + "\n")
        sys.stdout.flush()
