"""Opens media by content through an allow-list, so that no file makes Scribe read anything but itself.

The container is recognised here from its first bytes and forced upon FFmpeg, which therefore never probes
its way into playlist formats; only the ``file`` protocol is allowed. Called by :mod:`engine.audio`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard

from engine.clock import in_hours
from engine.config import MediaConfig
from engine.errors import MediaRefused, NoAudio
from engine.magic import sniff
from engine.matroska import is_encrypted_matroska
from engine.mp4 import inspect_mp4
from engine.told import Told

# fmt: off
ALLOWED_CODECS = frozenset((
    "mp1", "mp2", "mp3", "aac", "aac_latm", "ac3", "eac3", "alac", "flac", "opus", "vorbis", "speex",
    "amr_nb", "amr_wb", "adpcm_ima_wav", "adpcm_ms", "adpcm_ima_qt", "pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw",
    "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be",
    "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be",
))
# fmt: on
FFMPEG_NAMES = {"mp4": "mov"}
"""Our container names that FFmpeg spells differently."""

EXTENSIONS = {
    "mp3": {".mp3"},
    "wav": {".wav", ".wave"},
    "w64": {".w64"},
    "flac": {".flac"},
    "ogg": {".ogg", ".oga", ".opus", ".spx", ".ogv"},
    "matroska": {".webm", ".mkv", ".mka", ".weba"},
    "mp4": {".mp4", ".m4a", ".m4v", ".m4b", ".mov", ".qt", ".3gp", ".3g2"},
    "aac": {".aac", ".adts"},
    "aiff": {".aiff", ".aif", ".aifc"},
    "caf": {".caf"},
    "amr": {".amr"},
}
KNOWN_EXTENSIONS = frozenset(extension for group in EXTENSIONS.values() for extension in group)
MOST_HERTZ = 768_000
PACKETS_TO_PROVE = 500
"""Packets after which a stream that has decoded to nothing counts as undecodable."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a file is, as far as its headers and first frames tell.

    Attributes:
        container: a key of :data:`EXTENSIONS`.
        codec: FFmpeg's name of the sound's codec.
        duration_ms: as the file says it; None where it does not say (a browser's recording, a growing file).
        sample_rate: in Hz.
        channels: of the chosen stream.
        warnings: sentences for the person who uploaded the file.
    """

    container: str
    codec: str
    duration_ms: int | None
    sample_rate: int
    channels: int
    warnings: tuple[Told, ...] = ()


def probe(path: Path, config: MediaConfig = MediaConfig()) -> MediaInfo:  # noqa: B008 (frozen)
    """Says what the file at ``path`` is, after decoding its first frame.

    Raises:
        MediaRefused: outside the allow-list: another format, a playlist, a reference, encrypted, too long.
        NoAudio: it is empty, holds no sound, or none of its sound can be decoded.

    >>> probe(Path("tests/fixtures/audio/en_5s.flac")).container
    'flac'
    """
    with open_audio(path, config) as (info, container, stream):
        for _ in _first_frame(container, stream):
            return info
    raise NoAudio("The file holds a sound track, but none of it can be decoded. It may be damaged.")


@contextmanager
def open_audio(
    path: Path,
    config: MediaConfig = MediaConfig(),  # noqa: B008 (frozen)
) -> Iterator[tuple[MediaInfo, InputContainer, AudioStream]]:
    """Opens the file at ``path`` for decoding, after every check that needs no decoding.

    Yields:
        what the file is, the open container, and the stream to decode; all other streams are discarded.

    Raises:
        MediaRefused, NoAudio: as for :func:`probe`.
    """
    name = _recognise(path)
    try:
        container = av.open(
            f"file:{path.resolve()}",
            mode="r",
            format=FFMPEG_NAMES.get(name, name),
            options={"protocol_whitelist": "file", "max_streams": str(config.max_streams)},
            metadata_errors="ignore",
        )
    except (av.error.FFmpegError, ValueError) as error:
        raise NoAudio(
            "The file could not be opened: it is damaged or was cut off before its index was written.",
            detail=repr(error),
        ) from error
    with container:
        stream = _choose_stream(container, config)
        duration_ms = _duration_ms(container, stream)
        if duration_ms is not None and duration_ms > config.max_duration_ms:
            hours = in_hours(config.max_duration_ms)
            raise MediaRefused(
                "The recording says it is longer than %(hours)s hours, which is more than Scribe takes.",
                hours=hours,
            )
        for other in container.streams:
            if other.index != stream.index:
                other.discard = Discard.all
        codec = stream.codec_context.codec.canonical_name
        info = MediaInfo(
            container=name,
            codec=codec,
            duration_ms=duration_ms,
            sample_rate=stream.codec_context.sample_rate,
            channels=stream.codec_context.channels,
            warnings=_extension_warning(path, name),
        )
        yield info, container, stream


def _recognise(path: Path) -> str:
    if not path.is_file():
        raise NoAudio("The file is not there any more.", detail=str(path))
    if path.stat().st_size == 0:
        raise NoAudio("The file is empty.")
    with path.open("rb") as file:
        name = sniff(file)
        if name == "mp4":
            findings = inspect_mp4(file)
            if findings.external:
                raise MediaRefused(
                    "The file only refers to sound that is kept elsewhere. Upload the recording itself.",
                    detail=findings.external,
                )
            if findings.encrypted:
                raise MediaRefused("The file is protected against copying, so its sound can't be read.")
        if name == "matroska" and is_encrypted_matroska(file):
            raise MediaRefused("The file is encrypted, so its sound can't be read.")
    return name


def _choose_stream(container: InputContainer, config: MediaConfig) -> AudioStream:
    if len(container.streams) > config.max_streams:
        raise MediaRefused(
            "The file holds %(tracks)s tracks, which is more than Scribe takes.",
            tracks=len(container.streams),
        )
    streams = [s for s in container.streams.audio if s.codec_context is not None]
    if not streams:
        if any(s.type == "video" for s in container.streams):
            raise NoAudio("The file holds pictures but no sound.")
        raise NoAudio("The file holds no sound track.")
    known = [s for s in streams if s.codec_context.codec.canonical_name in ALLOWED_CODECS]
    usable = [s for s in known if 0 < s.codec_context.sample_rate <= MOST_HERTZ]
    if known and not usable:
        hertz = known[0].codec_context.sample_rate
        raise MediaRefused(
            "The file says that its sound has %(hertz)s samples a second, which can't be. It may be damaged.",
            hertz=hertz,
        )
    if not usable:
        codecs = ", ".join(sorted({s.codec_context.codec.canonical_name for s in streams}))
        raise MediaRefused("The sound is encoded as %(codecs)s, which Scribe does not open.", codecs=codecs)
    best = container.streams.best("audio")
    return next((s for s in usable if best is not None and s.index == best.index), usable[0])


def _duration_ms(container: InputContainer, stream: AudioStream) -> int | None:
    if stream.duration is not None and stream.time_base is not None and stream.duration > 0:
        return round(stream.duration * stream.time_base * 1000)
    if container.duration is not None and container.duration > 0:
        return container.duration * 1000 // av.time_base
    return None


def _extension_warning(path: Path, name: str) -> tuple[Told, ...]:
    suffix = path.suffix.lower()
    if suffix in KNOWN_EXTENSIONS and suffix not in EXTENSIONS[name]:
        return (
            Told(
                "The file is named %(ending)s but is really %(kind)s; Scribe went by what it is.",
                ending=suffix,
                kind=name,
            ),
        )
    return ()


def _first_frame(container: InputContainer, stream: AudioStream) -> Iterator[None]:
    packets = 0
    try:
        for packet in container.demux(stream):
            packets += 1
            if packets > PACKETS_TO_PROVE:
                return
            try:
                if packet.decode():
                    yield None
                    return
            except av.error.FFmpegError:
                continue
    except av.error.FFmpegError:
        return
