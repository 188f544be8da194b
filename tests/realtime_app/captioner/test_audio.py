"""The audio of a capture is read while it grows, wherever it lies."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from django.core.files.base import ContentFile

from realtime_app.captioner.audio import NoSound
from realtime_app.captioner.sources import open_audio
from realtime_app.captures.audio_file import CaptureFile, capture_path
from realtime_app.models import Capture
from sessions_app.models import Recording

pytestmark = pytest.mark.django_db

SOUND = np.arange(-800, 800, dtype="<i2")


@pytest.fixture
def capture(session):
    capture = Capture.objects.create(session=session, key="one")
    yield capture
    capture_path(capture.uuid).unlink(missing_ok=True)


def test_what_is_there_is_read_while_more_comes(capture):
    with CaptureFile(capture.uuid) as file:
        audio = open_audio(capture)
        assert (audio.held(), len(audio.samples(0, 100))) == (0, 0)
        file.append(0, SOUND.tobytes())
        assert audio.held() == 1600
        assert np.array_equal(audio.samples(100, 200), SOUND[100:200].astype(np.float32) / 32768)
        file.skip(1600, 3200, "pause")
        assert audio.held() == 3200
        assert not audio.samples(1600, 9999).any()
        assert len(audio.samples(1600, 9999)) == 1600
    audio.close()
    audio.close()


def test_a_file_that_becomes_a_recording_is_read_to_its_end(capture):
    with CaptureFile(capture.uuid) as file:
        file.append(0, SOUND.tobytes())
    audio = open_audio(capture)
    capture_path(capture.uuid).unlink()
    assert len(audio.samples(0, audio.held())) == 1600
    audio.close()


def test_a_recording_is_read_where_the_capture_is_gone(capture):
    with CaptureFile(capture.uuid) as file:
        file.append(0, SOUND.tobytes())
        file.complete()
    data = capture_path(capture.uuid).read_bytes()
    capture_path(capture.uuid).unlink()
    capture.recording = Recording.objects.create(
        session=capture.session,
        file=ContentFile(data, name="live.wav"),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    audio = open_audio(capture)
    assert np.array_equal(audio.samples(0, audio.held()), SOUND.astype(np.float32) / 32768)
    audio.close()


def test_audio_that_is_nowhere_says_so(capture):
    with pytest.raises(NoSound):
        open_audio(capture)
