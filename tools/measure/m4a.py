"""Makes recordings as phones make them: AAC in an MP4 container, 48 kHz."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import av

RATE = 48_000
BIT_RATE = 96_000


def encode(source: Path, target: Path) -> Path:
    """Writes the sound of ``source`` to the m4a ``target``, in bounded memory, and returns it."""
    with (
        av.open(str(source)) as heard,
        av.open(str(target), "w", format="mp4") as out,
    ):
        track = out.add_stream("aac", rate=RATE)
        track.layout, track.bit_rate = "mono", BIT_RATE
        resampler = av.AudioResampler(
            format="fltp", layout="mono", rate=RATE, frame_size=track.codec_context.frame_size or 1024
        )
        for frame in chain(heard.decode(audio=0), [None]):
            for piece in resampler.resample(frame):
                out.mux(track.encode(piece))
        out.mux(track.encode(None))
    return target
