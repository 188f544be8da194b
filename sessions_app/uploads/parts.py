"""The bytes of an upload on disk; their number is the truth of how much has arrived, whatever was killed when.

>>> from uuid import UUID
>>> arrived_bytes(UUID(int=7)) is None  # nothing came of that upload
True
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from scribe_site.config import get_config
from sessions_app.disk import naming_a_full_disk


class PartBusy(Exception):
    """Another request is writing to this upload, or it is being finished."""


def uploads_dir() -> Path:
    """Returns the folder of unfinished uploads, made if absent."""
    folder = get_config().data_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def part_path(uuid: UUID) -> Path:
    """Returns where the bytes of the upload ``uuid`` lie until it is whole."""
    return uploads_dir() / f"{uuid}.part"


def arrived_bytes(uuid: UUID) -> int | None:
    """Returns how many bytes have arrived, or None where this machine holds none of them."""
    try:
        return part_path(uuid).stat().st_size
    except FileNotFoundError:
        return None


class Part:
    """An upload's file, held open and locked by one writer; the lock ends with its process.

    Its methods run on threads that outlive a cancelled request: none may touch the descriptor once it is closed.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._turn = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return os.fstat(self._descriptor).st_size

    def append(self, data: bytes | bytearray) -> None:
        """Writes ``data`` at the end.

        Raises:
            DiskFull: no room; as much as fitted stays.
        """
        with self._turn, naming_a_full_disk():
            left = memoryview(data)
            while left:
                left = left[os.write(self._descriptor, left) :]

    def sync(self) -> int:
        """Returns the size, once all of it is safe from a power cut.

        Raises:
            DiskFull: the file system had promised room that it does not have.
        """
        with self._turn, naming_a_full_disk():
            os.fsync(self._descriptor)
            return self.size

    def close(self) -> None:
        """Lets go of the file and its lock."""
        with self._turn:
            os.close(self._descriptor)
            self._descriptor = -1


def open_part(uuid: UUID, *, create: bool = False) -> Part:
    """Opens the upload's file for appending and locks it.

    Args:
        uuid: the upload's.
        create: whether to make the file where it is absent.

    Raises:
        FileNotFoundError: this machine holds no such file.
        PartBusy: somebody else holds it.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    descriptor = os.open(part_path(uuid), flags, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise PartBusy from None
    return Part(descriptor)


@contextmanager
def held_part(uuid: UUID) -> Iterator[Part]:
    """Holds the upload's file, which must exist, for the length of a block; see :func:`open_part`."""
    part = open_part(uuid)
    try:
        yield part
    finally:
        part.close()


def remove_part(uuid: UUID) -> None:
    """Removes the upload's bytes, if there are any."""
    part_path(uuid).unlink(missing_ok=True)
