"""A file that another program is writing, decoded as its bytes arrive."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

import av
import av.error

from engine.clock import SAMPLE_RATE
from engine.errors import MediaRefused, NoAudio
from engine.magic import sniff
from engine.media import ALLOWED_CODECS
from realtime_app.client.decoding import Resampler, decoded, frame_of
from realtime_app.client.tape import Int16

QUIET_S = 30.0
LOOK_EVERY_S = 0.1
READ_BYTES = 4096
"""FFmpeg gets no more at a time, so that it hands on what there is."""
PROBE_BYTES = 32_768
HEAD_BYTES = 64
RAW_BYTES = 8192
STREAMABLE = frozenset(("wav", "ogg", "mp3", "aac", "flac", "matroska", "amr", "aiff", "caf"))
"""Formats whose beginning can be decoded without their end."""

Form = Literal["auto", "raw"]


class GrowingFile:
    """Follows a file until it no longer grows.

    Lengths in its header are not believed, because they are written last. A file beside it with its name and ``.stop``
    behind it says that there will be no more.

    Args:
        path: may be absent for now.
        start: samples that were recorded before and are left out now.
        form: ``auto``: recognised by content; ``raw``: interleaved 16-bit little-endian samples.
        rate: of raw sound.
        channels: of raw sound.
        quiet_s: it is over when nothing came for so long.

    >>> growing = GrowingFile(Path("tests/fixtures/audio/en_5s.flac"), start=64_000)
    >>> growing.stop()  # nobody writes to it any more
    >>> sum(len(samples) for samples in growing.blocks())
    16000
    """

    is_live = True

    def __init__(
        self,
        path: Path,
        start: int = 0,
        *,
        form: Form = "auto",
        rate: int = SAMPLE_RATE,
        channels: int = 1,
        quiet_s: float = QUIET_S,
    ) -> None:
        self._path, self._start = path, start
        self._form, self._rate, self._channels = form, rate, channels
        self._quiet_s = quiet_s
        self._stopping = threading.Event()

    def blocks(self) -> Iterator[Int16]:
        """Yields the file's sound from ``start`` on, as it comes.

        Raises:
            MediaRefused: it is of a format that can't be followed.
            NoAudio: nothing came, or none of it can be decoded.
        """
        left_out = self._start
        if not self._wait_for(HEAD_BYTES if self._form == "auto" else 1):
            raise NoAudio("Nothing was written to the file.")
        with self._path.open("rb") as file:
            for samples in self._raw(file) if self._form == "raw" else self._decoded(file):
                if left_out < len(samples):
                    yield samples[left_out:]
                left_out = max(0, left_out - len(samples))

    def stop(self) -> None:
        """Takes what is there by now for all."""
        self._stopping.set()

    def _wait_for(self, size: int) -> bool:
        """Waits for the file to have so many bytes; returns whether it has any."""
        deadline = time.monotonic() + self._quiet_s
        while True:
            there = self._path.stat().st_size if self._path.exists() else 0
            if there >= size or self._is_over or time.monotonic() > deadline:
                return there > 0
            self._stopping.wait(LOOK_EVERY_S)

    @property
    def _is_over(self) -> bool:
        return self._stopping.is_set() or self._path.with_name(f"{self._path.name}.stop").exists()

    def _raw(self, file: BinaryIO) -> Iterator[Int16]:
        arriving = Arriving(file, self)
        size, rest = 2 * self._channels, b""
        resampler = Resampler()
        while data := arriving.read(RAW_BYTES):
            data = rest + data
            whole = len(data) // size * size
            rest = data[whole:]
            if whole:
                yield from resampler.add(frame_of(data[:whole], self._rate, self._channels))
        yield from resampler.end()

    def _decoded(self, file: BinaryIO) -> Iterator[Int16]:
        name = sniff(file)
        if name not in STREAMABLE:
            raise MediaRefused(
                "A file of this kind (%(kind)s) can't be followed: it is readable only when it is whole.",
                kind=name,
            )
        file.seek(0)
        options = {"probesize": str(PROBE_BYTES), "max_streams": "16"}
        if name == "wav":
            options["ignore_length"] = "1"
        try:
            container = av.open(
                Arriving(file, self),
                mode="r",
                format=name,
                buffer_size=READ_BYTES,
                options=options,
                metadata_errors="ignore",
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise NoAudio(
                "The file could not be opened: what is there is damaged.", detail=repr(error)
            ) from error
        with container:
            if not container.streams.audio:
                raise NoAudio("The file holds no sound.")
            stream = container.streams.audio[0]
            if stream.codec_context.codec.canonical_name not in ALLOWED_CODECS:
                raise MediaRefused("The file's sound is coded in a way that Scribe does not open.")
            yield from decoded(container, stream)

    def wait_for_more(self, file: BinaryIO, size: int) -> bytes:
        """Returns what comes next of ``file``, at most so many bytes; nothing when it is over."""
        quiet_since = time.monotonic()
        while True:
            is_over = self._is_over  # asked first: what was written before it was over counts
            if data := file.read(size):
                return data
            if is_over or time.monotonic() - quiet_since > self._quiet_s:
                return b""
            self._stopping.wait(LOOK_EVERY_S)


class Arriving:
    """A file as FFmpeg reads it: ``read`` waits for bytes; it can't be searched, because its end is not there."""

    def __init__(self, file: BinaryIO, growing: GrowingFile) -> None:
        self._file, self._growing = file, growing

    def read(self, size: int = -1) -> bytes:
        """Returns at least one byte, or none at the end."""
        return self._growing.wait_for_more(self._file, size if size > 0 else RAW_BYTES)
