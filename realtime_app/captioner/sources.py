"""Finds the audio of a capture: on this machine's disk if it is there, else at the web process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.core.files.storage import default_storage

from realtime_app.captioner.audio import AudioOnDisk, GrowingAudio, NoSound
from realtime_app.captures.audio_file import capture_path
from realtime_app.models import Capture


def open_audio(capture: Capture) -> GrowingAudio:
    """Returns the audio of ``capture``.

    Raises:
        NoSound: it is nowhere, or can't be read.
    """
    for path in _places(capture):
        with suppress(FileNotFoundError):
            return AudioOnDisk(path)
    raise NoSound(f"the audio of {capture.uuid} is not on this machine")


def _places(capture: Capture) -> list[Path]:
    """Returns where on this machine it may lie: as it came in, and as the recording that it became."""
    places = [capture_path(capture.uuid)]
    if capture.recording is not None:
        with suppress(NotImplementedError):  # a storage that is not a disk of this machine
            places.append(Path(default_storage.path(capture.recording.file.name)))
    return places
