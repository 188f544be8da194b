"""Recognises a container from its first bytes, without FFmpeg, whose probing knows formats that read on."""

from __future__ import annotations

from typing import BinaryIO

from engine.errors import MediaRefused
from engine.told import Told
from engine.wording import gettext_noop

SEARCH_BYTES = 256 * 1024
"""How far into a file without any header the first MPEG frames are looked for (padding, broken tags)."""

MP4_BOXES = frozenset((b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"))
PLAYLISTS = (
    b"#EXTM3U",
    b"#EXTINF",
    b"ffconcat",
    b"[playlist]",
    b"v=0\r\n",
    b"v=0\no=",
    b"[Reference]",
    b"RTSPtext",
)
MARKUP = (b"<?xml", b"<asx", b"<mpd", b"<smil", b"<playlist", b"<rss", b"<!doctype", b"<html")
SUPPORTED = gettext_noop("MP3, M4A/MP4, WAV, FLAC, OGG/Opus, WebM/MKV, AAC, AIFF, CAF or AMR")


def sniff(file: BinaryIO) -> str:
    """Returns the name of the container that ``file`` is.

    Raises:
        MediaRefused: it is a playlist, a format that Scribe does not open, or nothing known.

    >>> import io
    >>> sniff(io.BytesIO(b"fLaC" + bytes(100)))
    'flac'
    """
    file.seek(0)
    head = file.read(4096)
    start = _skip_id3(head)
    if start:
        file.seek(start)
        head = file.read(4096)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(PLAYLISTS) or text[:16].lower().startswith(MARKUP):
        raise MediaRefused(
            "This is a playlist or a page that refers to other files. Upload the recording itself."
        )
    for name, found in (
        ("wav", head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"),
        ("w64", head[:8] == b"riff\x2e\x91\xcf\x11"),
        ("flac", head[:4] == b"fLaC"),
        ("ogg", head[:4] == b"OggS"),
        ("matroska", head[:4] == b"\x1a\x45\xdf\xa3"),
        ("aiff", head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")),
        ("caf", head[:4] == b"caff"),
        ("amr", head[:5] == b"#!AMR"),
        ("mp4", head[4:8] in MP4_BOXES and int.from_bytes(head[:4], "big") not in range(2, 8)),
    ):
        if found:
            return name
    if _looks_like_text(head) and not start:
        raise MediaRefused("This is a text, not a recording. Scribe opens %(kinds)s.", kinds=Told(SUPPORTED))
    file.seek(start)
    mpeg = _mpeg_audio(file.read(SEARCH_BYTES))
    if mpeg is None:
        raise MediaRefused(
            "This is not a recording of a kind that Scribe knows. It opens %(kinds)s.", kinds=Told(SUPPORTED)
        )
    return mpeg


def _skip_id3(head: bytes) -> int:
    """Returns where the sound starts after an ID3v2 tag, or 0; the tag's length is four times seven bits."""
    if head[:3] != b"ID3" or len(head) < 10 or any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _looks_like_text(head: bytes) -> bool:
    if not head or b"\x00" in head:
        return False
    try:
        head[:1024].decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        return error.start >= min(len(head), 1024) - 3
    return True


def _mpeg_audio(data: bytes) -> str | None:
    """Returns ``mp3`` or ``aac`` where two frames of one kind follow each other."""
    position = data.find(b"\xff")
    while 0 <= position < len(data) - 7:
        for name, measure in (("aac", _adts_frame), ("mp3", _mpeg_frame)):
            length = measure(data[position : position + 7])
            if not length:
                continue
            following = data[position + length : position + length + 7]
            if (len(following) < 7 and position == 0) or (len(following) == 7 and measure(following)):
                return name
        position = data.find(b"\xff", position + 1)
    return None


def _adts_frame(header: bytes) -> int:
    if header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 0xF > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0


_KBPS_1 = (
    (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
_KBPS_2 = (
    (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)


def _mpeg_frame(header: bytes) -> int:
    """Returns the length of the MPEG-1/2/2.5 audio frame that starts with ``header`` (ISO 11172-3), or 0."""
    if header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer_bits = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer_bits == 0 or bitrate in (0, 15) or rate == 3:
        return 0
    layer = 4 - layer_bits
    kbps = (_KBPS_1 if version == 3 else _KBPS_2)[layer - 1][bitrate - 1]
    hertz = (44_100, 48_000, 32_000)[rate] >> {3: 0, 2: 1, 0: 2}[version]
    padding = header[2] >> 1 & 1
    if layer == 1:
        return (12_000 * kbps // hertz + padding) * 4
    samples = 72_000 if layer == 3 and version != 3 else 144_000
    return samples * kbps // hertz + padding
