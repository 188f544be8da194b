"""Looks into the headers of a Matroska or WebM file for encryption and its length (RFC 9559, RFC 8794)."""

from __future__ import annotations

from typing import BinaryIO

SEGMENT, TRACKS, CLUSTER = 0x18538067, 0x1654AE6B, 0x1F43B675
PATH_TO_ENCRYPTION = (SEGMENT, TRACKS, 0xAE, 0x6D80, 0x6240)
ENCRYPTION = 0x5035
MAX_ELEMENTS = 10_000


def is_encrypted_matroska(file: BinaryIO) -> bool:
    """Returns whether any track of ``file`` has a ContentEncryption element before the first cluster."""
    file.seek(0, 2)
    return _search(file, 0, file.tell(), depth=0, budget=[MAX_ELEMENTS])


def promised_bytes(file: BinaryIO) -> int | None:
    """Returns the length that ``file`` should have by its Segment element; None where it leaves that open.

    >>> import io
    >>> promised_bytes(io.BytesIO(b"no such file")) is None
    True
    """
    position = 0
    for _ in range(MAX_ELEMENTS):
        file.seek(position)
        element, size, length, unknown = _element(file)
        if not length:
            return None
        if element == SEGMENT:
            return None if unknown else position + length + size
        position += length + size
    return None


def _search(file: BinaryIO, start: int, end: int, *, depth: int, budget: list[int]) -> bool:
    position = start
    while position < end and budget[0] > 0:
        budget[0] -= 1
        file.seek(position)
        element, size, length, unknown = _element(file)
        if not length or element == CLUSTER:
            return False
        content = position + length
        stop = end if unknown else min(content + size, end)
        if element == ENCRYPTION:
            return True
        inner = depth < len(PATH_TO_ENCRYPTION) and element == PATH_TO_ENCRYPTION[depth]
        if inner and _search(file, content, stop, depth=depth + 1, budget=budget):
            return True
        position = stop
    return False


def _element(file: BinaryIO) -> tuple[int, int, int, bool]:
    """Returns the next element's id, size, length of header (0: none) and whether its size is unknown."""
    header = file.read(12)
    element, id_length = _number(header, keep_marker=True)
    size, size_length = _number(header[id_length:], keep_marker=False)
    if not id_length or not size_length:
        return 0, 0, 0, False
    return element, size, id_length + size_length, size == (1 << 7 * size_length) - 1


def _number(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """Returns an EBML variable-length integer and its length in bytes (0: none)."""
    if not data or data[0] == 0:
        return 0, 0
    length = 9 - data[0].bit_length()
    if len(data) < length:
        return 0, 0
    value = int.from_bytes(data[:length], "big")
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), length
