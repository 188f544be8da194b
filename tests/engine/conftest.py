"""Sound files made on the spot with PyAV, and the models that tests of the engine share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.values import Samples

MakeSound = Callable[..., Path]

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "audio"


def fixture_audio(stem: str) -> Path:
    """Returns the recording ``stem`` ("en_30s") made for this repository; its truth lies beside it as JSON."""
    return next(path for path in sorted(FIXTURES.glob(f"{stem}.*")) if path.suffix != ".json")


def tone(seconds: float, *, rate: int = 16_000, hertz: float = 440.0, level: float = 0.3) -> Samples:
    """Returns a sine of ``level`` (full scale 1)."""
    t = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def write_sound(
    path: Path,
    samples: Samples | NDArray[np.float32],
    *,
    container: str,
    codec: str,
    rate: int = 48_000,
    layout: str = "mono",
    video: bool = False,
    audio: bool = True,
    options: dict[str, str] | None = None,
) -> Path:
    """Encodes mono ``samples`` (at ``rate``) as a real file, with a little video if asked."""
    with av.open(str(path), "w", format=container, options=options or {}) as out:
        picture = out.add_stream("mpeg4", rate=5) if video else None
        sound = out.add_stream(codec, rate=rate) if audio else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        if sound is not None:
            sound.layout = layout
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout="mono"
            )
            frame.sample_rate = rate
            resampler = av.AudioResampler(
                format=sound.codec_context.format or "s16",
                layout=layout,
                rate=rate,
                frame_size=sound.codec_context.frame_size or 1024,
            )
            for piece in [*resampler.resample(frame), *resampler.resample(None)]:
                out.mux(sound.encode(piece))
            out.mux(sound.encode(None))
        if picture is not None:
            for number in range(10):
                image = av.VideoFrame.from_ndarray(
                    np.full((48, 64, 3), number * 20, np.uint8), format="rgb24"
                )
                image.pts = number
                out.mux(picture.encode(image))
            out.mux(picture.encode(None))
    return path


@pytest.fixture
def make_sound(tmp_path: Path) -> MakeSound:
    """Makes a file in the test's folder: ``make_sound("x.m4a", container="mp4", codec="aac")``."""

    def make(
        name: str, *, container: str, codec: str, seconds: float = 3.0, rate: int = 48_000, **more: object
    ) -> Path:
        samples = more.pop("samples", None)
        if samples is None:
            samples = tone(seconds, rate=rate)
        return write_sound(
            tmp_path / name,
            samples,
            container=container,
            codec=codec,
            rate=rate,
            **more,  # type: ignore[arg-type]
        )

    return make
