"""A capture that ends while its device comes back: whoever is first, no sound is lost."""

from __future__ import annotations

import numpy as np
import pytest

from engine.wav import HEADER_BYTES
from realtime_app.captures import ending
from realtime_app.captures.audio_file import CaptureBusy, CaptureFile, capture_path, remove_capture_files
from realtime_app.captures.beginning import Wish, begin_capture
from realtime_app.captures.reopening import reopen
from realtime_app.models import Capture, CaptureState
from sessions_app.models import Recording
from tests.realtime_app.captures.conftest import sound

pytestmark = pytest.mark.django_db(transaction=True)

WHOLE = sound(8000)


@pytest.fixture
def stopped(session, editor) -> Capture:
    capture = begin_capture(editor, session, Wish("some-device", "Phone", captioned=True))
    with CaptureFile(capture.uuid) as file:
        file.append(0, WHOLE.tobytes())
    ending.stop(capture)
    return capture


def contents(data: bytes) -> np.ndarray:
    return np.frombuffer(data[HEADER_BYTES:], "<i2")


@pytest.mark.parametrize("place", ["_settle", "digest", "store_file"])
def test_a_device_that_comes_back_while_its_capture_is_finished_keeps_its_sound(stopped, place, monkeypatch):
    there = getattr(ending, place)

    def comes_back(*args: object) -> object:
        Capture.objects.filter(pk=stopped.pk).update(state=CaptureState.RECORDING)  # as reopen() does
        return there(*args)

    with monkeypatch.context() as race:
        race.setattr(ending, place, comes_back)
        ending.finish(stopped.pk)
    assert Capture.objects.get().state == CaptureState.RECORDING
    assert not Recording.objects.exists()
    with CaptureFile(stopped.uuid) as file:
        assert file.held == 8000
        file.append(8000, WHOLE.tobytes())
    ending.stop(stopped)
    ending.finish(stopped.pk)
    with Recording.objects.get().file.open() as stored:
        assert np.array_equal(contents(stored.read()), np.concatenate([WHOLE, WHOLE]))


def test_the_file_is_removed_while_nobody_can_open_it(stopped, monkeypatch):
    def removed(uuid: object) -> None:
        with pytest.raises(CaptureBusy):
            CaptureFile(stopped.uuid)
        remove_capture_files(stopped.uuid)

    monkeypatch.setattr(ending, "remove_capture_files", removed)
    ending.finish(stopped.pk)
    assert not capture_path(stopped.uuid).exists()


def test_a_device_that_comes_back_with_nothing_more_costs_nothing(stopped):
    ending.finish(stopped.pk)
    assert reopen(Capture.objects.get())
    ending.stop(stopped)
    ending.finish(stopped.pk)
    recording = Recording.objects.get()
    assert Capture.objects.get().recording == recording
    with recording.file.open() as stored:
        assert np.array_equal(contents(stored.read()), WHOLE)


def test_a_recording_is_untouched_by_what_its_capture_becomes_again(stopped):
    ending.finish(stopped.pk)
    recording = Recording.objects.get()
    with recording.file.open() as stored:
        before = stored.read()
    capture_path(stopped.uuid).hardlink_to(recording.file.path)  # as a death before the removal leaves it
    assert reopen(Capture.objects.get())
    with CaptureFile(stopped.uuid) as file:
        file.append(8000, WHOLE.tobytes())
    with recording.file.open() as stored:
        assert stored.read() == before


def test_a_machine_without_the_file_makes_nothing_of_the_capture(stopped):
    Capture.objects.update(state=CaptureState.RECORDING, held=8000)
    remove_capture_files(stopped.uuid)
    ending.stop(Capture.objects.get())
    ending.finish(stopped.pk)
    assert Capture.objects.get().held == 8000
