"""Writes clips into a folder as they are made: broken off at any moment, it goes on where it was."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from engine.errors import EngineError, ResourceShort
from engine.snippets import ClipFormat, cut
from engine.values import PcmReader, Samples, Span
from sessions_app.clips.choice import Wanted
from sessions_app.disk import DiskFull, naming_a_full_disk
from sessions_app.models import Session

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
AT_ONCE = 2
"""Clips that are encoded side by side; the encoder works outside of Python's lock."""
FULL = "The disk is full. Make room, then try again."

OnClip = Callable[[int], None]
"""Called with the number of clips that are done; raising from it stops the work."""


@dataclass(frozen=True, slots=True)
class Made:
    """How it ended.

    Attributes:
        files: what the zip holds: the name of each file there, and its name in the folder.
        failed: how many clips could not be made.

    >>> Made({"manifest.json": "manifest.json", "a.mp3": "1.mp3", "b.mp3": "2.mp3"}, failed=0).clips
    2
    """

    files: dict[str, str]
    failed: int

    @property
    def clips(self) -> int:
        """How many clips were made."""
        return len(self.files) - 1


def write_clips(
    folder: Path,
    session: Session,
    wanted: Iterable[Wanted],
    audio: PcmReader,
    form: ClipFormat,
    on_clip: OnClip,
) -> Made:
    """Makes the clips that are not there yet, then the manifest that tells of all of them.

    A file is there whole or not at all, under a name that tells which sound it holds: names, words and lines may be
    changed before broken off work goes on. A clip that can't be made is told in the manifest and stops nothing.

    Raises:
        ResourceShort: the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    files = {MANIFEST: MANIFEST}
    failed = 0
    try:
        with naming_a_full_disk():
            for clip, error in _side_by_side(folder, wanted, audio, form):
                rows.append(asdict(clip) | {"error": error or None})
                if error:
                    failed += 1
                else:
                    files[clip.file] = _name_of_sound(clip, form)
                on_clip(len(rows))
            _write(folder / MANIFEST, _manifest(session, rows))
    except DiskFull as error:
        raise ResourceShort(FULL) from error
    return Made(files, failed)


def _side_by_side(
    folder: Path, wanted: Iterable[Wanted], audio: PcmReader, form: ClipFormat
) -> Iterator[tuple[Wanted, str]]:
    """Yields each clip, in order, with why it could not be made; a few are in the making at any time."""
    clips = iter(wanted)
    shared = _Shared(audio)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while batch := list(islice(clips, 4 * AT_ONCE)):
            errors = pool.map(lambda clip: _make(folder, clip, shared, form), batch)
            yield from zip(batch, errors, strict=True)


def _make(folder: Path, clip: Wanted, audio: PcmReader, form: ClipFormat) -> str:
    """Puts the clip into the folder unless it is there; returns why it could not be made, if so."""
    path = folder / _name_of_sound(clip, form)
    if path.exists():
        return ""
    try:
        sound = cut(audio, [Span(clip.start_ms, clip.end_ms)], form)
    except (EngineError, ValueError) as error:
        logger.warning("Clip %s was not made: %r", clip.file, error)
        return str(error)
    _write(path, sound.data)
    return ""


def _name_of_sound(clip: Wanted, form: ClipFormat) -> str:
    return f"{clip.id}_{clip.start_ms}-{clip.end_ms}.{form}"


class _Shared:
    """Prepared audio that several threads read: one after the other, because it is one place in one file."""

    def __init__(self, audio: PcmReader) -> None:
        self._audio, self._lock = audio, threading.Lock()

    @property
    def duration_ms(self) -> int:
        """The audio's length."""
        return self._audio.duration_ms

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """Returns the samples of ``[start_ms, end_ms)``."""
        with self._lock:
            return self._audio.read(start_ms, end_ms)


def _write(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _manifest(session: Session, rows: list[dict[str, object]]) -> bytes:
    data = {
        "format": "scribe-clips",
        "version": 1,
        "campaign": session.campaign.name,
        "session": {
            "id": str(session.uuid),
            "number": session.number,
            "title": str(session.shown_title),
            "date": session.date.isoformat(),
            "language": session.language,
        },
        "clips": rows,
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
