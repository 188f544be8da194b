"""What becomes of captures that nobody ends, and of what killed processes left."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from realtime_app.captures import ending
from realtime_app.captures.audio_file import CaptureFile, capture_path, captures_dir
from realtime_app.captures.beginning import Wish, begin_capture
from realtime_app.models import Capture, CaptureState
from sessions_app.models import Recording, Segment, Tier
from sessions_app.uploads.removal import remove_recording
from tests.realtime_app.captures.conftest import sound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def capture(session, editor) -> Capture:
    capture = begin_capture(editor, session, Wish("some-device", "Phone", captioned=True))
    with CaptureFile(capture.uuid) as file:
        file.append(0, sound(8000).tobytes())
    return capture


def gone_for(capture: Capture, time: timedelta) -> None:
    Capture.objects.filter(pk=capture.pk).update(heard_at=timezone.now() - time)


def test_a_device_that_is_gone_for_long_is_not_waited_for(capture):
    gone_for(capture, timedelta(minutes=61))
    ending.tidy_captures()
    assert Recording.objects.get().duration_ms == 500
    assert capture.session.runs.exists()


def test_one_that_was_heard_lately_is(capture):
    gone_for(capture, timedelta(minutes=50))
    ending.tidy_captures()
    assert Capture.objects.get().is_open


def test_a_capture_without_sound_vanishes(session, editor):
    empty = begin_capture(editor, session, Wish("some-device", "", captioned=True))
    ending.stop(empty)
    ending.finish(empty.pk)
    assert not Capture.objects.exists()
    assert not session.runs.exists()
    assert list(captures_dir().iterdir()) == []


@pytest.mark.parametrize("place", ["store_file", "digest", "_close", "remove_capture_files", "_start_run"])
def test_a_death_in_the_middle_is_made_good(capture, place, monkeypatch):
    ending.stop(capture)
    with monkeypatch.context() as dying:
        dying.setattr(ending, place, _die)
        with pytest.raises(KeyboardInterrupt):
            ending.finish(capture.pk)
    ending.tidy_captures()
    assert Capture.objects.get().state == CaptureState.FINISHED
    recording = Recording.objects.get()
    assert recording.size == 44 + 16_000
    assert default_storage.size(recording.file.name) == recording.size
    assert capture.session.runs.count() == 1


def _die(*args: object, **kwargs: object) -> None:
    raise KeyboardInterrupt


def test_the_same_sound_twice_is_one_recording(capture, session, editor):
    ending.stop(capture)
    ending.finish(capture.pk)
    twin = begin_capture(editor, session, Wish("another-device", "", captioned=True))
    Segment.objects.create(
        session=session, capture=twin.uuid, tier=Tier.FINAL, position=9, start_ms=0, end_ms=1, text="twice"
    )
    with CaptureFile(twin.uuid) as file:
        file.append(0, sound(8000).tobytes())
    ending.stop(twin)
    ending.finish(twin.pk)
    assert Recording.objects.count() == 1
    assert Capture.objects.get(pk=twin.pk).state == CaptureState.FINISHED
    assert not Segment.objects.exists()


def test_the_next_part_begins_where_the_first_ended(capture, session, editor):
    ending.stop(capture)
    ending.finish(capture.pk)
    later = begin_capture(editor, session, Wish("another-device", "", captioned=True))
    assert (later.offset_ms, later.beside) == (500, False)


def test_a_track_beside_another_begins_at_its_clock(capture, session, editor):
    track = begin_capture(editor, session, Wish("another-device", "", captioned=False))
    assert track.beside
    assert track.offset_ms >= 500
    assert not track.captioned


def test_live_lines_go_with_their_recording(capture, session, editor):
    ending.stop(capture)
    ending.finish(capture.pk)
    Segment.objects.create(
        session=session, capture=capture.uuid, tier=Tier.FINAL, position=0, start_ms=0, end_ms=1, text="x"
    )
    remove_recording(Recording.objects.get(), editor)
    assert not Segment.objects.exists()


def test_files_of_nobody_are_removed_after_a_day(capture):
    stray = capture_path(uuid4())
    stray.write_bytes(b"x")
    ending.tidy_captures()
    assert stray.exists()
    os.utime(stray, (0, 0))
    os.utime(capture_path(capture.uuid), (0, 0))
    ending.tidy_captures()
    assert not stray.exists()
    assert capture_path(capture.uuid).exists()


def test_deleting_the_session_deletes_its_captures_audio(capture):
    capture.session.delete()
    assert not capture_path(capture.uuid).exists()
