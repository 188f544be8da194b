"""Prepares recordings: any allowed format in, one 16 kHz mono WAV with a waveform out, in bounded memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av.error
import numpy as np
from av import AudioFifo, AudioFrame, AudioResampler

from engine.clock import SAMPLE_RATE, in_hours, ms_to_samples, samples_to_ms
from engine.config import MediaConfig
from engine.errors import MediaRefused, NoAudio
from engine.media import MediaInfo, open_audio
from engine.told import Told
from engine.truncation import ends_early
from engine.values import OnProgress, no_progress
from engine.wav import Int16, PcmFile, write_wav

__all__ = ["PcmFile", "PreparedAudio", "prepare", "prepare_many"]

PEAKS_PER_SECOND = 10
SAMPLES_PER_PEAK = SAMPLE_RATE // PEAKS_PER_SECOND
SILENT_BELOW = 0.001
"""Full scale is 1; a recording that never passes -60 dB holds no voice."""

GROUP_SAMPLES = 1 << 16
MIN_GAP_S = 0.1
OF_FILE = "%(file)s: %(warning)s"
MIX_BLOCK_MS = 10_000
PROGRESS_EVERY = SAMPLE_RATE * 5


@dataclass(frozen=True, slots=True)
class PreparedAudio:
    """What :func:`prepare` made.

    Attributes:
        duration_ms: length of the WAV.
        warnings: sentences for the person who uploaded the file.
        peaks_per_second: how many peaks stand for a second.
        peaks: the loudest sample of each stretch, 0 to 255.
        silent: whether nothing in it is loud enough to be a voice.
    """

    duration_ms: int
    warnings: tuple[Told, ...]
    peaks_per_second: int
    peaks: bytes
    silent: bool

    def warnings_of(self, file: str) -> tuple[Told, ...]:
        """Returns the warnings about the file of that name, one of several."""
        of_files = [text.values for text in self.warnings if text.template == OF_FILE]
        found = [values["warning"] for values in of_files if values["file"] == file]
        return tuple(text for text in found if isinstance(text, Told))


def prepare(
    source: Path,
    target: Path,
    *,
    on_progress: OnProgress = no_progress,
    config: MediaConfig = MediaConfig(),  # noqa: B008 (frozen)
) -> PreparedAudio:
    """Decodes ``source`` into a 16 kHz mono WAV at ``target``, which appears only when it is complete.

    Damaged stretches are skipped and a file that ends early is taken as far as it goes; both give a warning.

    Raises:
        MediaRefused: the file is outside the allow-list, or longer than allowed.
        NoAudio: nothing in it can be decoded.
        ResourceShort: the disk is full.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     prepared = prepare(Path("tests/fixtures/audio/en_5s.flac"), Path(folder) / "audio.wav")
    >>> prepared.duration_ms, len(prepared.peaks), prepared.silent
    (5000, 50, False)
    """
    with open_audio(source, config) as (info, container, stream), write_wav(target) as writer:
        decoder = _Decoder(info, config)
        peaks = _Peaks()
        reported = 0
        for samples in decoder.decode(container, stream):
            if writer.samples + len(samples) > ms_to_samples(config.max_duration_ms):
                raise MediaRefused(
                    "The recording is longer than %(hours)s hours, which is more than Scribe takes.",
                    hours=in_hours(config.max_duration_ms),
                )
            writer.write(samples)
            peaks.add(samples)
            if writer.samples - reported >= PROGRESS_EVERY:
                reported = writer.samples
                done_ms = samples_to_ms(reported)
                on_progress("prepare", done_ms, max(info.duration_ms or 0, done_ms))
        if not writer.samples:
            raise NoAudio("The file holds a sound track, but none of it can be decoded. It may be damaged.")
        duration_ms = samples_to_ms(writer.samples)
    on_progress("prepare", duration_ms, duration_ms)
    warnings = [*info.warnings, *decoder.warnings()]
    early = ends_early(source, info, duration_ms)
    if early:
        warnings.append(early)
    return PreparedAudio(duration_ms, tuple(warnings), PEAKS_PER_SECOND, peaks.to_bytes(), peaks.silent)


def prepare_many(
    sources: Sequence[tuple[Path, int | None]],
    target: Path,
    *,
    on_progress: OnProgress = no_progress,
    config: MediaConfig = MediaConfig(),  # noqa: B008 (frozen)
) -> PreparedAudio:
    """Lays several recordings of one session on one timeline and mixes them into one WAV at ``target``.

    Args:
        sources: files with the millisecond at which each starts; None: where the one before it ends.
        target: where the WAV appears when it is complete.
        on_progress: see :func:`prepare`; all files together count once for decoding.
        config: limits, which hold for each file and for the whole timeline.

    Raises:
        ValueError: there are no sources, too many, or one starts before 0.
        MediaRefused, NoAudio, ResourceShort: as :func:`prepare`, for any of the files.
    """
    if not 0 < len(sources) <= config.max_parts:
        raise ValueError(
            f"from 1 to {config.max_parts} recordings can be laid on one timeline, not {len(sources)}"
        )
    if len(sources) == 1 and not sources[0][1]:
        return prepare(sources[0][0], target, on_progress=on_progress, config=config)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        parts: list[tuple[int, Path, int]] = []
        warnings: list[Told] = []
        end = 0
        for number, (source, offset_ms) in enumerate(sources):
            part = Path(folder) / f"{number}.wav"
            prepared = prepare(
                source, part, on_progress=_share(on_progress, number, len(sources)), config=config
            )
            start = end if offset_ms is None else offset_ms
            if start < 0:
                raise ValueError("a recording cannot start before the timeline does")
            end = start + prepared.duration_ms
            if end > config.max_duration_ms:
                raise MediaRefused(
                    "Together the recordings are longer than %(hours)s hours.",
                    hours=in_hours(config.max_duration_ms),
                )
            parts.append((start, part, end))
            warnings += [Told(OF_FILE, file=source.name, warning=warning) for warning in prepared.warnings]
        return _mix(parts, target, tuple(warnings))


def _share(on_progress: OnProgress, number: int, count: int) -> OnProgress:
    def report(stage: str, done: int, total: int) -> None:
        on_progress(stage, number * total + done, count * total)

    return report


def _mix(parts: list[tuple[int, Path, int]], target: Path, warnings: tuple[Told, ...]) -> PreparedAudio:
    duration_ms = max(end for _, _, end in parts)
    peaks = _Peaks()
    with write_wav(target) as writer:
        for block_start in range(0, duration_ms, MIX_BLOCK_MS):
            block_end = min(block_start + MIX_BLOCK_MS, duration_ms)
            mixed = np.zeros(ms_to_samples(block_end - block_start), dtype=np.float32)
            for start, path, end in parts:
                if start >= block_end or end <= block_start:
                    continue
                with PcmFile(path) as pcm:
                    samples = pcm.read(max(block_start, start) - start, block_end - start)
                at = ms_to_samples(max(block_start, start) - block_start)
                mixed[at : at + len(samples)] += samples
            block = np.clip(np.rint(mixed * 32_768.0), -32_768, 32_767).astype(np.int16)
            writer.write(block)
            peaks.add(block)
    return PreparedAudio(duration_ms, warnings, PEAKS_PER_SECOND, peaks.to_bytes(), peaks.silent)


class _Decoder:
    """Turns one open stream into 16 kHz mono samples, keeping to the file's own clock."""

    def __init__(self, info: MediaInfo, config: MediaConfig) -> None:
        self._max_gap_s = config.max_gap_ms / 1000
        self._damaged = 0
        self._broken_clock = False
        self._clock_s = 0.0
        self._shape: tuple[str, str, int] | None = None
        self._fifo = AudioFifo()
        self._resampler: AudioResampler | None = None

    def warnings(self) -> list[Told]:
        found = []
        if self._damaged:
            found.append(Told("Parts of the file are damaged and were skipped."))
        if self._broken_clock:
            found.append(Told("The file's own clock jumps; times may differ from those of other players."))
        return found

    def decode(self, container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[Int16]:
        start_s = container.start_time / av.time_base if container.start_time is not None else None
        for frame in self._frames(container, stream):
            if frame.time is not None:
                start_s = frame.time if start_s is None else start_s
                gap_s = frame.time - start_s - self._clock_s
                if gap_s > self._max_gap_s:
                    self._broken_clock = True
                    start_s += gap_s
                elif gap_s > MIN_GAP_S:
                    yield from self._flush()
                    yield from _silence(gap_s)
                    self._clock_s += gap_s
            self._clock_s += frame.samples / frame.sample_rate
            yield from self._add(frame)
        yield from self._flush()

    def _frames(self, container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[AudioFrame]:
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:  # the file breaks off inside a packet
                self._damaged += 1
                return
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self._damaged += 1
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame) and frame.samples and frame.sample_rate:
                    yield frame

    def _add(self, frame: AudioFrame) -> Iterator[Int16]:
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:  # a stream may change its rate or channels on the way
            yield from self._flush()
            self._shape = shape
        frame.pts = None
        self._fifo.write(frame)
        if self._fifo.samples >= GROUP_SAMPLES:
            yield from self._resample(self._fifo.read())

    def _flush(self) -> Iterator[Int16]:
        if self._fifo.samples:
            yield from self._resample(self._fifo.read())
        if self._resampler is not None:
            yield from self._resample(None)
        self._fifo = AudioFifo()
        self._resampler = None

    def _resample(self, frame: AudioFrame | None) -> Iterator[Int16]:
        if self._resampler is None:
            self._resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        try:
            resampled = self._resampler.resample(frame)
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaRefused(
                "The sound's channels are arranged in a way that Scribe can't mix.", detail=repr(error)
            ) from error
        for piece in resampled:
            yield piece.to_ndarray().reshape(-1).astype(np.int16, copy=False)


def _silence(seconds: float) -> Iterator[Int16]:
    left = round(seconds * SAMPLE_RATE)
    while left > 0:
        size = min(left, GROUP_SAMPLES)
        yield np.zeros(size, dtype=np.int16)
        left -= size


class _Peaks:
    """Collects the waveform as it passes."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._rest = np.zeros(0, dtype=np.int16)
        self._loudest = 0

    @property
    def silent(self) -> bool:
        return self._loudest < SILENT_BELOW * 32_768

    def add(self, samples: Int16) -> None:
        joined = np.concatenate((self._rest, samples))
        whole = len(joined) // SAMPLES_PER_PEAK * SAMPLES_PER_PEAK
        self._append(joined[:whole].reshape(-1, SAMPLES_PER_PEAK))
        self._rest = joined[whole:]

    def to_bytes(self) -> bytes:
        if len(self._rest):
            self._append(self._rest.reshape(1, -1))
            self._rest = self._rest[:0]
        return bytes(self._bytes)

    def _append(self, blocks: Int16) -> None:
        if not blocks.size:
            return
        loudest = np.abs(blocks.astype(np.int32)).max(axis=1)
        self._loudest = max(self._loudest, int(loudest.max()))
        self._bytes += np.minimum(loudest >> 7, 255).astype(np.uint8).tobytes()
