"""Tells whether a file ends before it should, by what its own format promises."""

from __future__ import annotations

from pathlib import Path

from engine.clock import clock
from engine.matroska import promised_bytes
from engine.media import MediaInfo
from engine.told import Told

TOLERANCE_MS = 1_500
TOLERANCE_SHARE = 0.02
OGG_TAIL_BYTES = 128 * 1024
OGG_END_OF_STREAM = 4


def ends_early(path: Path, info: MediaInfo, decoded_ms: int) -> Told | None:
    """Returns a warning where the file at ``path`` gave less sound than it promises.

    >>> from engine.media import probe
    >>> recording = Path("tests/fixtures/audio/en_5s.flac")
    >>> str(ends_early(recording, probe(recording), decoded_ms=1_000))
    'The file ends early: 0:01 of 0:05 could be read.'
    """
    if info.container == "matroska":
        return _matroska_warning(path, decoded_ms)
    promised_ms = _wav_promise(path) if info.container == "wav" else info.duration_ms
    if (
        promised_ms is not None
        and decoded_ms + max(TOLERANCE_MS, TOLERANCE_SHARE * promised_ms) < promised_ms
    ):
        return Told(
            "The file ends early: %(read)s of %(promised)s could be read.",
            read=clock(decoded_ms),
            promised=clock(promised_ms),
        )
    if info.container == "ogg" and not _ogg_is_closed(path):
        return Told("The file ends early, after %(read)s: its last page is missing.", read=clock(decoded_ms))
    return None


def _wav_promise(path: Path) -> int | None:
    """Returns the length that the WAV's header gives (FFmpeg reports what the file's size leaves of it)."""
    with path.open("rb") as file:
        file.seek(12)
        bytes_per_second = 0
        for _ in range(100):
            header = file.read(8)
            if len(header) < 8:
                return None
            size = int.from_bytes(header[4:], "little")
            if header[:4] == b"fmt ":
                fmt = file.read(size + size % 2)
                bytes_per_second = int.from_bytes(fmt[8:12], "little")
            elif header[:4] == b"data":
                known = bytes_per_second and size not in (0, 0xFFFFFFFF, 0x7FFFFFFF)
                return size * 1000 // bytes_per_second if known else None
            else:
                file.seek(size + size % 2, 1)
    return None


def _matroska_warning(path: Path, decoded_ms: int) -> Told | None:
    """Judges by bytes: a video's length says nothing about the length of its sound."""
    with path.open("rb") as file:
        promised = promised_bytes(file)
    if promised is not None and path.stat().st_size < promised:
        return Told("The file ends early, after %(read)s: its last part is missing.", read=clock(decoded_ms))
    return None


def _ogg_is_closed(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - OGG_TAIL_BYTES))
        tail = file.read()
    position = tail.rfind(b"OggS")
    return 0 <= position < len(tail) - 5 and bool(tail[position + 5] & OGG_END_OF_STREAM)
