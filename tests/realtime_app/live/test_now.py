"""How an evening stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from realtime_app.live.model_in_use import note_model
from realtime_app.live.now import SILENT_AFTER, Phase, moment_in, now_of
from realtime_app.models import Capture, CaptureState
from sessions_app.models import Run, State
from tests.realtime_app.live.conftest import begin

pytestmark = pytest.mark.django_db


def become(capture, state):
    Capture.objects.filter(pk=capture.pk).update(state=state)


def test_nobody_records(session):
    now = now_of(session)
    assert (now.phase, now.now_ms, now.on_air) == (Phase.IDLE, None, ())


@pytest.mark.parametrize(
    ("states", "run", "phase"),
    [
        ([CaptureState.RECORDING], None, Phase.RECORDING),
        ([CaptureState.PAUSED], None, Phase.PAUSED),
        ([CaptureState.PAUSED, CaptureState.RECORDING], None, Phase.RECORDING),
        ([CaptureState.FINISHED, CaptureState.RECORDING], State.DONE, Phase.RECORDING),
        ([CaptureState.STOPPED], None, Phase.CLOSING),
        ([CaptureState.FINISHED], State.WAITING, Phase.PROCESSING),
        ([CaptureState.FINISHED], State.RUNNING, Phase.PROCESSING),
        ([CaptureState.FINISHED], State.DONE, Phase.READY),
        ([CaptureState.FINISHED], State.FAILED, Phase.FAILED),
        ([CaptureState.FINISHED], State.CANCELLED, Phase.FAILED),
        ([CaptureState.DISCARDED], None, Phase.IDLE),
    ],
)
def test_phase(session, states, run, phase):
    for state in states:
        begin(session, state=state)
    if run:
        Run.objects.create(session=session, state=run)
    assert now_of(session).phase == phase


def test_clock_of_the_session_goes_on_from_the_captures_start(session):
    capture = begin(session, offset_ms=60_000)
    later = capture.created_at + timedelta(seconds=5)
    assert now_of(session, later).now_ms == 65_000


def test_clock_is_never_behind_what_is_here(session):
    capture = begin(session, held=16_000 * 30)
    assert now_of(session, capture.created_at).now_ms == 30_000


def test_device_that_fell_silent_is_shown_as_such(session):
    begin(session, heard_at=timezone.now() - 2 * SILENT_AFTER)
    (device,) = now_of(session).on_air
    assert device.silent_since is not None


def test_moment_after_the_recording_is_its_end(session):
    begin(session, held=16_000 * 30, offset_ms=1000, state=CaptureState.FINISHED)
    assert moment_in(session) == 31_000


def test_without_a_recording_there_is_no_moment(session):
    begin(session, held=16_000, state=CaptureState.DISCARDED)
    assert moment_in(session) is None


def test_captions_that_nobody_makes_are_said_to_wait(session):
    begin(session, held=16_000 * 150, captioned_to=16_000 * 10)
    now = now_of(session)
    assert (now.is_unattended, now.behind_minutes) == (True, 2)


def test_utterance_that_is_long_is_no_captioner_that_is_away(session):
    begin(session, held=16_000 * 50, captioned_to=16_000 * 10)
    assert not now_of(session).is_unattended


def test_device_that_is_not_captioned_keeps_nobody_waiting(session):
    begin(session, held=16_000 * 500, captioned=False)
    assert now_of(session).behind_ms == 0


def test_demo_model_is_told_of_until_the_transcript_takes_its_place(session):
    capture = begin(session)
    note_model(capture, is_demo=True)
    assert now_of(session).is_demo
    become(capture, CaptureState.FINISHED)
    assert not now_of(session).is_demo
