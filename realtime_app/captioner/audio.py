"""The audio of a capture as a captioner reads it while it grows: from this machine's disk, or from the web process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.values import Samples
from engine.wav import FULL_SCALE, HEADER_BYTES, SAMPLE_BYTES


class NoSound(Exception):
    """The audio can't be read now."""


class GrowingAudio(Protocol):
    """Audio that grows at its end and never changes otherwise."""

    def held(self) -> int:
        """Looks, and returns how many samples are there.

        Raises:
            NoSound: it can't be told.
        """
        ...

    def samples(self, first: int, end: int) -> Samples:
        """Returns samples ``first`` to ``end`` (exclusive), fewer where they are not there yet.

        Raises:
            NoSound: they can't be read.
        """
        ...

    def close(self) -> None:
        """Lets go of it."""
        ...


class AudioOnDisk:
    """The file of a capture, or the recording that it became, on a disk of this machine.

    It is kept open, so that it can be read to its end even if it is moved meanwhile.

    Raises:
        FileNotFoundError: there is no such file.
        NoSound: it can't be opened.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise NoSound(f"{path.name} can't be opened: {error!r}") from error

    def held(self) -> int:
        """Looks how long the file is by now."""
        try:
            size = os.fstat(self._file).st_size
        except OSError as error:
            raise NoSound(repr(error)) from error
        return max(0, size - HEADER_BYTES) // SAMPLE_BYTES

    def samples(self, first: int, end: int) -> Samples:
        """Returns samples ``first`` to ``end`` (exclusive), fewer at the end of the file."""
        first = max(0, first)
        try:
            data = os.pread(
                self._file, SAMPLE_BYTES * max(0, end - first), HEADER_BYTES + SAMPLE_BYTES * first
            )
        except OSError as error:
            raise NoSound(repr(error)) from error
        return to_samples(data)

    def close(self) -> None:
        """Closes the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def to_samples(data: bytes) -> Samples:
    """Returns 16-bit samples as numbers from -1 to 1; half a sample at the end is left out.

    >>> to_samples(np.array([16_384, -16_384], "<i2").tobytes())
    array([ 0.5, -0.5], dtype=float32)
    """
    samples: Samples = np.frombuffer(data, dtype="<i2", count=len(data) // SAMPLE_BYTES).astype(np.float32)
    samples /= FULL_SCALE
    return samples
