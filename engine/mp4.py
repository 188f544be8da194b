"""Looks into the boxes of an MP4 or QuickTime file for outside references and encryption (ISO 14496-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"moof", b"traf", b"udta"))
ENCRYPTED_ENTRIES = frozenset((b"enca", b"encv", b"drms", b"drmi", b"p608"))
SELF_CONTAINED = 1
MAX_BOXES = 100_000
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Mp4Findings:
    """What was found: ``external`` names the first reference to other data (empty: none)."""

    external: str = ""
    encrypted: bool = False


def inspect_mp4(file: BinaryIO) -> Mp4Findings:
    """Walks the boxes of ``file``, reading headers only, and returns what speaks against opening it.

    >>> import io
    >>> inspect_mp4(io.BytesIO(bytes([0, 0, 0, 8]) + b"free")).external
    ''
    """
    file.seek(0, 2)
    external, encrypted = "", False
    for kind, start, end in _boxes(file, 0, file.tell(), depth=0, budget=[MAX_BOXES]):
        if kind in (b"rmra", b"cmov"):
            external = external or f"{kind.decode('ascii')} box"
        elif kind == b"pssh":
            encrypted = True
        elif kind == b"dref":
            external = external or _external_entry(file, start, end)
        elif kind == b"stsd":
            file.seek(start + 8)
            position = start + 8
            while position + 8 <= end:
                file.seek(position)
                header = file.read(8)
                size = int.from_bytes(header[:4], "big")
                encrypted = encrypted or header[4:] in ENCRYPTED_ENTRIES
                if size < 8:
                    break
                position += size
    return Mp4Findings(external=external, encrypted=encrypted)


def _external_entry(file: BinaryIO, start: int, end: int) -> str:
    position = start + 8  # version, flags, count of entries
    while position + 12 <= end:
        file.seek(position)
        header = file.read(12)
        size = int.from_bytes(header[:4], "big")
        if not int.from_bytes(header[9:12], "big") & SELF_CONTAINED:
            target = file.read(max(0, min(size - 12, 200))).decode("utf-8", errors="replace")
            return f"{header[4:8].decode('latin-1')}: {target}"
        if size < 12:
            break
        position += size
    return ""


def _boxes(
    file: BinaryIO, start: int, end: int, *, depth: int, budget: list[int]
) -> Iterator[tuple[bytes, int, int]]:
    position = start
    while position + 8 <= end and budget[0] > 0:
        budget[0] -= 1
        file.seek(position)
        header = file.read(16)
        size, kind, content = int.from_bytes(header[:4], "big"), header[4:8], position + 8
        if size == 1:
            size, content = int.from_bytes(header[8:16], "big"), position + 16
        elif size == 0:
            size = end - position
        if size < content - position:
            return
        stop = min(position + size, end)
        yield kind, content, stop
        if kind in CONTAINERS and depth < MAX_DEPTH:
            yield from _boxes(file, content, stop, depth=depth + 1, budget=budget)
        position += size
