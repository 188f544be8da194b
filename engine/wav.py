"""Prepared audio on disk: 16 kHz mono s16le WAV, written as it comes, read in slices."""

from __future__ import annotations

import errno
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.clock import SAMPLE_RATE, ms_to_samples, samples_to_ms
from engine.errors import NoAudio, ResourceShort
from engine.values import Samples

Int16 = NDArray[np.int16]

HEADER_BYTES = 44
SAMPLE_BYTES = 2
FULL_SCALE = 32_768.0


class WavWriter:
    """Appends samples to an open file behind a header that :meth:`close_header` completes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.samples = 0
        file.write(wav_header(0))

    def write(self, samples: Int16) -> None:
        """Appends ``samples``."""
        self._file.write(samples.astype("<i2", copy=False).tobytes())
        self.samples += len(samples)

    def close_header(self) -> None:
        """Writes the true lengths into the header."""
        self._file.seek(0)
        self._file.write(wav_header(self.samples * SAMPLE_BYTES))


@contextmanager
def write_wav(target: Path) -> Iterator[WavWriter]:
    """Writes a WAV beside ``target`` and moves it there when the block ends well; a failure leaves nothing.

    Raises:
        ResourceShort: the disk is full.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with part.open("wb") as file:
            writer = WavWriter(file)
            yield writer
            writer.close_header()
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ResourceShort("The disk is full. Make room, then try again.", detail=repr(error)) from error
        raise
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


class PcmFile:
    """Reads prepared audio in slices; safe to share between threads; a :class:`engine.values.PcmReader`.

    Args:
        source: the file's path, or any open binary file that can seek (a storage object).

    Raises:
        NoAudio: it is not prepared audio.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with write_wav(Path(folder) / "quiet.wav") as writer:
    ...         writer.write(np.zeros(16_000, np.int16))
    ...     audio = PcmFile(Path(folder) / "quiet.wav")
    ...     print(audio.duration_ms)
    ...     audio.close()
    1000
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        self._file: BinaryIO = source.open("rb") if isinstance(source, Path) else source
        self._lock = threading.Lock()
        self._start, self._samples = self._find_data()

    @property
    def duration_ms(self) -> int:
        """Length of the audio."""
        return samples_to_ms(self._samples)

    def read(self, start_ms: int, end_ms: int) -> Samples:
        """Returns the samples of ``[start_ms, end_ms)``, clipped to the audio's length."""
        first = min(max(0, ms_to_samples(start_ms)), self._samples)
        last = min(max(first, ms_to_samples(end_ms)), self._samples)
        with self._lock:
            self._file.seek(self._start + first * SAMPLE_BYTES)
            data = self._file.read((last - first) * SAMPLE_BYTES)
        samples: Samples = np.frombuffer(data, dtype="<i2", count=len(data) // 2).astype(np.float32)
        samples /= FULL_SCALE
        return samples

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> PcmFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _find_data(self) -> tuple[int, int]:
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        head = self._file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise NoAudio("The prepared audio is damaged.", detail="no RIFF header")
        position, right_format = 12, False
        while position + 8 <= end:
            self._file.seek(position)
            kind, size = struct.unpack("<4sI", self._file.read(8))
            if kind == b"fmt ":
                right_format = struct.unpack("<HHI", self._file.read(8)) == (1, 1, SAMPLE_RATE)
            if kind == b"data" and right_format:
                start = position + 8
                length = end - start if size in (0, 0xFFFFFFFF) else min(size, end - start)
                return start, length // SAMPLE_BYTES
            position += 8 + size + size % 2
        raise NoAudio("The prepared audio is damaged.", detail="no 16 kHz mono data in the WAV")


def wav_header(data_bytes: int) -> bytes:
    """Returns the 44 bytes before ``data_bytes`` of samples; 0 while it is not known how many there will be."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        HEADER_BYTES - 8 + data_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        SAMPLE_RATE,
        SAMPLE_RATE * SAMPLE_BYTES,
        SAMPLE_BYTES,
        16,
        b"data",
        data_bytes,
    )
