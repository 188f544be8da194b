"""Decodes an open stream into 16 kHz mono samples as it comes, one frame at a time, for whoever can't wait for more."""

from __future__ import annotations

from collections.abc import Iterator

import av.error
import numpy as np
from av import AudioFrame, AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from engine.clock import SAMPLE_RATE
from engine.config import MediaConfig
from realtime_app.client.tape import Int16

LEAST_GAP_S = 0.1


def decoded(container: InputContainer, stream: AudioStream) -> Iterator[Int16]:
    """Yields the samples of ``stream``; damaged packets are left out, and short gaps in its clock become silence.

    >>> from pathlib import Path
    >>> from engine.media import open_audio
    >>> with open_audio(Path("tests/fixtures/audio/en_5s.flac")) as (info, container, stream):
    ...     sum(len(samples) for samples in decoded(container, stream)) / SAMPLE_RATE
    5.0
    """
    most_gap_s = MediaConfig().max_gap_ms / 1000
    resampler = Resampler()
    ahead_s = 0.0
    for frame in _frames(container, stream):
        if frame.time is not None:
            gap_s = frame.time - ahead_s
            if ahead_s and LEAST_GAP_S < gap_s <= most_gap_s:
                yield np.zeros(round(gap_s * SAMPLE_RATE), np.int16)
            ahead_s = frame.time + frame.samples / frame.sample_rate
        yield from resampler.add(frame)
    yield from resampler.end()


class Resampler:
    """Brings frames of any rate and number of channels to 16 kHz, mono, 16 bits."""

    def __init__(self) -> None:
        self._shape: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None

    def add(self, frame: AudioFrame) -> Iterator[Int16]:
        """Yields the samples that ``frame`` brings."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:  # a stream may change on its way
            yield from self.end()
            self._shape, self._resampler = (
                shape,
                AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE),
            )
        frame.pts = None
        assert self._resampler is not None
        for piece in self._resampler.resample(frame):
            yield _samples(piece)

    def end(self) -> Iterator[Int16]:
        """Yields what was still on its way."""
        if self._resampler is not None:
            for piece in self._resampler.resample(None):
                yield _samples(piece)
            self._resampler = self._shape = None


def frame_of(data: bytes, rate: int, channels: int) -> AudioFrame:
    """Returns interleaved 16-bit samples as a frame."""
    samples = np.frombuffer(data, dtype="<i2").astype(np.int16, copy=False)
    frame = AudioFrame.from_ndarray(
        np.ascontiguousarray(samples.reshape(1, -1)),
        format="s16",
        layout=f"{channels}c" if channels > 2 else _LAYOUTS[channels],
    )
    frame.sample_rate = rate
    return frame


_LAYOUTS = {1: "mono", 2: "stereo"}


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):  # its end, or it breaks off inside a packet
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            if isinstance(frame, AudioFrame) and frame.samples and frame.sample_rate:
                yield frame


def _samples(frame: AudioFrame) -> Int16:
    return frame.to_ndarray().reshape(-1).astype(np.int16, copy=False)
