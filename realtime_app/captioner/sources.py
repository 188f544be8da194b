"""Finds the audio of a capture: on this machine's disk if it is there, else at the web process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.core.files.storage import default_storage

from engine.clock import SAMPLE_RATE
from realtime_app.captioner.audio import AudioOnDisk, GrowingAudio, NoSound
from realtime_app.captioner.http_audio import AudioOverHttp
from realtime_app.captures.audio_file import capture_path
from realtime_app.models import Capture
from scribe_site.config import get_config

BEFORE = 3 * SAMPLE_RATE
"""So much before the first line is wanted as well, to hear what led to it."""


def open_audio(capture: Capture) -> GrowingAudio:
    """Returns the audio of ``capture``.

    Raises:
        NoSound: it can't be read here, and no other place is known.

    >>> open_audio(Capture(session=session))
    Traceback (most recent call last):
        ...
    realtime_app.captioner.audio.NoSound: the audio of ... is not here; on another machine, set SCRIBE_WEB_URL
    """
    for path in _places(capture):
        with suppress(FileNotFoundError):
            return AudioOnDisk(path)
    web_url = get_config().web_url
    if not web_url:
        raise NoSound(f"the audio of {capture.uuid} is not here; on another machine, set SCRIBE_WEB_URL")
    return AudioOverHttp(capture.uuid, web_url, max(0, capture.captioned_to - BEFORE))


def _places(capture: Capture) -> list[Path]:
    """Returns where on this machine it may lie: as it came in, and as the recording that it became."""
    places = [capture_path(capture.uuid)]
    if capture.recording is not None and capture.recording.file.name:
        with suppress(NotImplementedError):  # a storage that is not a disk of this machine
            places.append(Path(default_storage.path(capture.recording.file.name)))
    return places
