"""The audio of a capture is read while it grows, wherever it lies."""

from __future__ import annotations

import hashlib
import socket

import numpy as np
import pytest
from django.core.files.base import ContentFile

from realtime_app.captioner import sources
from realtime_app.captioner.audio import NoSound
from realtime_app.captioner.sources import open_audio
from realtime_app.captures.audio_file import CaptureFile, capture_path
from realtime_app.models import Capture
from scribe_site.config import get_config
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


@pytest.fixture
def elsewhere(capture, monkeypatch, live_server):
    """The audio lies where the web process runs, and not here."""
    monkeypatch.setattr(sources, "_places", lambda capture: [])
    monkeypatch.setattr(get_config(), "web_url", live_server.url)
    return capture


@pytest.mark.django_db(transaction=True)
def test_audio_on_another_machine_is_fetched_while_it_grows(elsewhere):
    with CaptureFile(elsewhere.uuid) as file:
        audio = open_audio(elsewhere)
        assert (audio.held(), len(audio.samples(0, 100))) == (0, 0)
        file.append(0, SOUND.tobytes())
        assert audio.held() == 1600
        assert np.array_equal(audio.samples(100, 200), SOUND[100:200].astype(np.float32) / 32768)
        assert np.array_equal(audio.samples(200, 1600), SOUND[200:].astype(np.float32) / 32768)
        file.skip(1600, 200_000, "pause")
        file.append(200_000, SOUND.tobytes())
        assert audio.held() == 201_600
        assert len(audio.samples(1600, 300_000)) == 200_000
        assert np.array_equal(audio.samples(200_000, 201_600), SOUND.astype(np.float32) / 32768)
        assert np.array_equal(audio.samples(0, 1600), SOUND.astype(np.float32) / 32768)
    audio.close()


@pytest.mark.django_db(transaction=True)
def test_more_is_fetched_than_comes_in_one_answer(elsewhere, monkeypatch):
    monkeypatch.setattr("realtime_app.views.captures.MOST_BYTES", 1000)
    with CaptureFile(elsewhere.uuid) as file:
        file.append(0, SOUND.tobytes())
    audio = open_audio(elsewhere)
    heard = []
    while len(heard) < audio.held():
        part = audio.samples(len(heard), audio.held())
        assert len(part)
        heard += part.tolist()
    assert np.array_equal(np.array(heard, np.float32), SOUND.astype(np.float32) / 32768)
    audio.close()


@pytest.mark.django_db(transaction=True)
def test_audio_that_is_nowhere_says_so(elsewhere):
    audio = open_audio(elsewhere)
    with pytest.raises(NoSound):
        audio.held()


def test_a_file_that_is_not_there_yet_is_not_looked_for_elsewhere(capture):
    with pytest.raises(NoSound, match="SCRIBE_WEB_URL"):
        open_audio(capture)


def test_a_web_process_that_is_gone_says_so(capture, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setattr(get_config(), "web_url", f"http://127.0.0.1:{port}")
    with pytest.raises(NoSound):
        open_audio(capture).held()
