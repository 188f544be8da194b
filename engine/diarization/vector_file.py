"""Keeps the embeddings of hours of speech in a temporary file, so that memory does not grow with their number."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from engine.embedding import DIMENSION, Vectors

_ROW_BYTES = DIMENSION * np.dtype(np.float16).itemsize
_ROWS = 8192


class VectorFile:
    """Vectors in half precision, appended and read by their numbers; the file goes with the object.

    >>> file = VectorFile()
    >>> file.append(np.eye(3, DIMENSION))
    >>> file.all().part(1, 3).read().shape
    (2, 256)
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="scribe-vectors-")  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._count = 0

    def append(self, vectors: NDArray[np.floating]) -> None:
        """Adds vectors, shape ``(n, 256)``.

        Raises:
            OSError: if the disk is full.
        """
        self._file.write(np.ascontiguousarray(vectors, np.float16).tobytes())
        self._count += len(vectors)

    def all(self) -> StoredVectors:
        """Returns what was appended until now."""
        self._file.flush()
        return StoredVectors(self, 0, self._count)

    def read(self, first: int, last: int) -> Vectors:
        """Returns the vectors ``first`` to ``last`` (exclusive), shape ``(n, 256)``."""
        content = os.pread(self._file.fileno(), (last - first) * _ROW_BYTES, first * _ROW_BYTES)
        return np.frombuffer(content, np.float16).reshape(-1, DIMENSION).astype(np.float32)


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """A stretch of a :class:`VectorFile`."""

    file: VectorFile
    first: int
    count: int

    def __len__(self) -> int:
        return self.count

    def part(self, first: int, last: int) -> StoredVectors:
        """Returns the vectors ``first`` to ``last`` (exclusive) of these."""
        return StoredVectors(self.file, self.first + first, last - first)

    def read(self) -> Vectors:
        """Returns all of them, shape ``(n, 256)``."""
        return self.file.read(self.first, self.first + self.count)

    def blocks(self) -> Iterator[tuple[int, Vectors]]:
        """Yields them a few thousand at a time, with the number of the first in these."""
        for first in range(0, self.count, _ROWS):
            yield first, self.part(first, min(first + _ROWS, self.count)).read()
