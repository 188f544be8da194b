"""Cuts stretches out of prepared audio and encodes them as MP3, Ogg or WAV; one clip is in memory at a time.

pydub cuts, fades and joins; PyAV encodes within the process, because a process for each clip, as pydub would start,
takes longer than all else together. See ``docs/decisions/0010-clips.md``.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import numpy as np

from engine.clock import SAMPLE_RATE
from engine.errors import EngineError
from engine.values import PcmReader, Span

if TYPE_CHECKING:
    from pydub import AudioSegment

ClipFormat = Literal["mp3", "ogg", "wav"]
CLIP_FORMATS: tuple[ClipFormat, ...] = get_args(ClipFormat)
MIME_TYPES: dict[ClipFormat, str] = {"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav"}

BEFORE_MS, AFTER_MS = 80, 120
"""Sound around the words that is cut out with them, so that none is clipped."""
FADE_MS = 15
BETWEEN_MS = 250
"""Silence where stretches that do not follow each other are joined."""
NEAR_MS = 600
"""Stretches closer than this are cut out as one."""
LONGEST_MS = 10 * 60_000

_CODECS: dict[ClipFormat, tuple[str, str, int]] = {
    "mp3": ("mp3", "libmp3lame", 64_000),
    "ogg": ("ogg", "libopus", 32_000),
    "wav": ("wav", "pcm_s16le", 0),
}


class ClipTooLong(EngineError):
    """More sound than fits into one clip."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip's sound.

    Attributes:
        data: the file.
        duration_ms: how long it plays.
    """

    data: bytes
    duration_ms: int


def cut(audio: PcmReader, spans: Sequence[Span], form: ClipFormat) -> Clip:
    """Returns the sound of ``spans`` as one clip, with soft edges.

    Args:
        audio: the whole session.
        spans: what is wanted, in the order of time; may overlap.
        form: of the file.

    Raises:
        ClipTooLong: they are longer than :data:`LONGEST_MS` together.
        ValueError: there is nothing to cut out.
    """
    pieces = list(joined(spans, audio.duration_ms))
    if not pieces:
        raise ValueError("a clip needs at least one stretch of sound")
    if length_ms(spans, audio.duration_ms) > LONGEST_MS:
        raise ClipTooLong("That is more than ten minutes. Choose fewer lines.")
    sound = _piece(audio, pieces[0])
    for piece in pieces[1:]:
        sound = sound.append(_silence(), crossfade=0).append(_piece(audio, piece), crossfade=0)
    return Clip(encode(sound.raw_data, form), len(sound))


def length_ms(spans: Sequence[Span], duration_ms: int) -> int:
    """Returns how much sound :func:`cut` takes from audio of ``duration_ms`` for ``spans``."""
    return sum(piece.duration_ms for piece in joined(spans, duration_ms))


def joined(spans: Sequence[Span], duration_ms: int) -> Iterator[Span]:
    """Yields what to cut out: ``spans`` with a little sound around them, those that lie close together as one.

    >>> [(span.start_ms, span.end_ms) for span in joined([Span(5_000, 6_000), Span(6_100, 7_000)], 60_000)]
    [(4920, 7120)]
    """
    start_ms = end_ms = -1
    for span in sorted(spans):
        if span.start_ms >= duration_ms:
            break
        if end_ms >= 0 and span.start_ms - end_ms <= NEAR_MS:
            end_ms = max(end_ms, span.end_ms)
            continue
        if end_ms >= 0:
            yield _widened(start_ms, end_ms, duration_ms)
        start_ms, end_ms = span.start_ms, span.end_ms
    if end_ms >= 0:
        yield _widened(start_ms, end_ms, duration_ms)


def encode(pcm: bytes, form: ClipFormat) -> bytes:
    """Returns 16 kHz mono ``pcm`` of 16 bits as a file.

    Raises:
        EngineError: the encoder does not take it.
    """
    import av  # heavy

    buffer = io.BytesIO()
    try:
        _encode_into(buffer, pcm, form)
    except av.FFmpegError as error:
        raise EngineError("This sound can't be encoded.", detail=repr(error)) from error
    return buffer.getvalue()


def _encode_into(buffer: io.BytesIO, pcm: bytes, form: ClipFormat) -> None:
    import av  # heavy

    container_name, codec, bit_rate = _CODECS[form]
    with av.open(buffer, "w", format=container_name) as container:
        stream = cast(Any, container.add_stream(codec, rate=SAMPLE_RATE, layout="mono"))
        if bit_rate:
            stream.bit_rate = bit_rate
        samples = np.frombuffer(pcm, dtype=np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="mono",
            rate=stream.codec_context.rate,
            frame_size=stream.frame_size or 0,
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))


def _widened(start_ms: int, end_ms: int, duration_ms: int) -> Span:
    return Span(max(0, start_ms - BEFORE_MS), max(start_ms, min(duration_ms, end_ms + AFTER_MS)))


def _piece(audio: PcmReader, span: Span) -> AudioSegment:
    samples = audio.read(span.start_ms, span.end_ms)
    pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16).tobytes()
    sound = _segment(pcm)
    fade = min(FADE_MS, len(sound) // 2)
    return sound.fade_in(fade).fade_out(fade) if fade else sound


def _silence() -> AudioSegment:
    return _segment(bytes(2 * SAMPLE_RATE * BETWEEN_MS // 1000))


def _segment(pcm: bytes) -> AudioSegment:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # of a missing ffmpeg program, which is not needed here
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        from pydub import AudioSegment  # heavy

    return AudioSegment(data=pcm, sample_width=2, frame_rate=SAMPLE_RATE, channels=1)
