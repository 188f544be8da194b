"""Stored files, on this machine's disk or in an S3-compatible store: put there, and read in stretches.

>>> name = store_file(Path("tests/fixtures/party_en.json"), "party.json")
>>> describe(name).size > 0
True
"""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.core.files.storage import Storage, default_storage

READ_AHEAD = 1 << 20
"""Bytes fetched at once from a store: one request per half a minute of prepared audio."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What can be said of a stored file without reading it.

    Attributes:
        size: in bytes.
        etag: a strong HTTP validator, quoted; another one means other bytes.
    """

    size: int
    etag: str


def describe(name: str, storage: Storage = default_storage) -> Stored:
    """Says how large the stored file is and which version.

    Raises:
        FileNotFoundError: there is none.
    """
    path = _local_path(storage, name)
    if path is not None:
        stat = path.stat()
        return Stored(stat.st_size, f'"{stat.st_size:x}-{stat.st_mtime_ns:x}"')
    remote = _remote_object(storage, name)
    return Stored(remote.content_length, remote.e_tag)


def open_range(name: str, storage: Storage = default_storage) -> BinaryIO:
    """Opens a stored file for reading anywhere in it; from a store, only what is read is fetched.

    Raises:
        FileNotFoundError: there is none.
    """
    path = _local_path(storage, name)
    if path is not None:
        return path.open("rb")
    return cast(BinaryIO, io.BufferedReader(_RemoteFile(_remote_object(storage, name)), READ_AHEAD))


def _local_path(storage: Storage, name: str) -> Path | None:
    try:
        return Path(storage.path(name))
    except NotImplementedError:
        return None


def _remote_object(storage: Storage, name: str) -> Any:
    """Returns boto3's object, already asked for its size; opening it fetches nothing yet."""
    return cast(Any, storage.open(name)).obj


class _RemoteFile(io.RawIOBase):
    """A seekable file whose reads are ranged requests to a store."""

    def __init__(self, remote: Any) -> None:
        self._remote = remote
        self._size: int = remote.content_length
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a file has nothing before its start")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._position)
        if wanted <= 0:
            return 0
        last = self._position + wanted - 1
        body = self._remote.get(Range=f"bytes={self._position}-{last}", IfMatch=self._remote.e_tag)["Body"]
        try:
            data = body.read()
        finally:
            body.close()
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def store_file(path: Path, name: str) -> str:
    """Puts the file into storage and returns its name there; the original stays until the row is certain."""
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:  # not on a disk of this machine
        default_storage.delete(name)  # what an interrupted try left
        with path.open("rb") as file:
            return default_storage.save(name, File(file))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)  # the same bytes under a second name: nothing is copied
    except OSError:  # another file system, or one without links
        shutil.copyfile(path, target)
    return name
