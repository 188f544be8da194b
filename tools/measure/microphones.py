"""What microphones, rooms and codecs do to a voice, so that one recording can stand for several evenings."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

from engine.clock import SAMPLE_RATE
from engine.values import Samples
from tools.measure.sounds import load

_LOUDEST = 0.95


@dataclass(frozen=True, slots=True)
class Microphone:
    """One way of recording.

    Attributes:
        low_hz: it hears little below.
        high_hz: it hears little above.
        tilt_db: how much louder each octave above 1 kHz is than the one below; negative is dull.
        peak_hz: the middle of a resonance of one octave.
        peak_db: how much that resonance adds.
        reverb: the room's impulse response, shape ``(n,)``; None where the speaker is close.
        wet: share of the room in the sound, 0..1.
        noise: what else is heard, repeated as needed; None for silence.
        snr_db: how far the speech lies above it.
        level_db: loudness of the speech, RMS below full scale.
        codec: ``libopus`` or ``libmp3lame`` at ``bit_rate``; ``telephone`` for 8 kHz µ-law; None for none.
        bit_rate: of the codec, bits per second.
    """

    low_hz: float = 40.0
    high_hz: float = 7_900.0
    tilt_db: float = 0.0
    peak_hz: float = 1_000.0
    peak_db: float = 0.0
    reverb: Samples | None = None
    wet: float = 1.0
    noise: Samples | None = None
    snr_db: float = 30.0
    level_db: float = -26.0
    codec: str | None = None
    bit_rate: int = 24_000

    def record(self, samples: Samples) -> Samples:
        """Returns ``samples`` as this microphone would have them; the same length, in step with the original."""
        sound = samples.astype(np.float64)
        if self.reverb is not None:
            response = self.reverb[int(np.abs(self.reverb).argmax()) :].astype(np.float64)
            room = fftconvolve(sound, response)[: len(sound)]
            sound = (1 - self.wet) * sound + self.wet * room * (_rms(sound) / max(_rms(room), 1e-9))
        sound = self._coloured(sound)
        sound *= 10 ** (self.level_db / 20) / max(_rms(sound), 1e-9)
        if self.noise is not None:
            background = self._coloured(np.resize(self.noise, len(sound)).astype(np.float64))
            wanted = _rms(sound) * 10 ** (-self.snr_db / 20)
            sound += background * wanted / max(_rms(background), 1e-9)
        sound *= min(1.0, _LOUDEST / max(float(np.abs(sound).max(initial=0.0)), 1e-9))
        return _coded(sound.astype(np.float32), self.codec, self.bit_rate)

    def _coloured(self, sound: NDArray[np.float64]) -> NDArray[np.float64]:
        sos = butter(2, (self.low_hz, min(self.high_hz, 7_950.0)), "bandpass", fs=SAMPLE_RATE, output="sos")
        spectrum = np.fft.rfft(sosfilt(sos, sound))
        octaves = np.log2(np.maximum(np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE), 50.0) / 1000)
        gain_db = self.tilt_db * octaves
        gain_db += self.peak_db * np.exp(-((octaves - np.log2(self.peak_hz / 1000)) ** 2))
        coloured: NDArray[np.float64] = np.fft.irfft(spectrum * 10 ** (gain_db / 20), len(sound))
        return coloured


def any_microphone(
    rng: np.random.Generator, rooms: Sequence[Samples], noises: Sequence[Samples]
) -> Microphone:
    """Returns a microphone drawn at random: from a headset to a cheap recorder in the middle of a bare room."""
    room = noise = None
    if rng.random() < 0.6:
        room = rooms[int(rng.integers(len(rooms)))] if rooms and rng.random() < 0.5 else made_up_room(rng)
    if rng.random() < 0.7:
        noise = noises[int(rng.integers(len(noises)))] if noises else made_up_noise(rng)
    codec = rng.choice(["", "", "libopus", "libmp3lame", "telephone"], p=[0.3, 0.25, 0.25, 0.15, 0.05])
    return Microphone(
        low_hz=float(rng.choice([40, 80, 150, 300])),
        high_hz=float(rng.choice([3_400, 5_000, 7_000, 7_900], p=[0.05, 0.15, 0.3, 0.5])),
        tilt_db=float(rng.uniform(-2, 2)),
        peak_hz=float(rng.uniform(200, 4_000)),
        peak_db=float(rng.uniform(-4, 6)),
        reverb=room,
        wet=float(rng.uniform(0.2, 0.8)),
        noise=noise,
        snr_db=float(rng.uniform(12, 35)),
        level_db=float(rng.uniform(-38, -18)),
        codec=str(codec) or None,
        bit_rate=int(rng.choice([12_000, 24_000, 48_000])),
    )


def made_up_room(rng: np.random.Generator) -> Samples:
    """Returns an impulse response of noise that fades within 0.15 to 0.7 s, after the direct sound."""
    fade_s, direct = rng.uniform(0.15, 0.7), rng.uniform(1.0, 8.0)
    times = np.arange(int(fade_s * SAMPLE_RATE)) / SAMPLE_RATE
    response = rng.normal(size=len(times)) * np.exp(-6.9 * times / fade_s) * 0.1
    response[0] = direct * np.linalg.norm(response) / 3
    return response.astype(np.float32)


def made_up_noise(rng: np.random.Generator, seconds: float = 8.0) -> Samples:
    """Returns noise between white and brown."""
    count = int(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(rng.normal(size=count))
    spectrum /= np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 20.0) ** rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise / np.abs(noise).max(), np.float32)


def load_all(folder: Path, start: str) -> list[Samples]:
    """Returns the WAV files in ``folder`` whose names begin with ``start``, in order."""
    return [load(path) for path in sorted(folder.glob(f"{start}*.wav"))]


def _rms(sound: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0


def _coded(sound: Samples, codec: str | None, bit_rate: int) -> Samples:
    if codec is None:
        return sound
    if codec == "telephone":
        narrow = resample_poly(sound, 1, 2)
        bent = np.sign(narrow) * np.log1p(255 * np.abs(narrow).clip(0, 1)) / np.log1p(255)
        coarse = np.round(bent * 127) / 127
        narrow = np.sign(coarse) * np.expm1(np.abs(coarse) * np.log1p(255)) / 255
        return _fitted(resample_poly(narrow, 2, 1), sound)
    return _fitted(_through(sound, codec, bit_rate), sound)


def _through(sound: Samples, codec: str, bit_rate: int) -> Samples:
    """Returns ``sound`` encoded and decoded again."""
    container = "ogg" if codec == "libopus" else "mp3"
    file = io.BytesIO()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None]), format="flt", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    with av.open(file, "w", format=container) as out:
        stream = cast(av.AudioStream, out.add_stream(codec, rate=SAMPLE_RATE))
        stream.layout = "mono"
        stream.bit_rate = bit_rate
        size = stream.frame_size or 960
        fitting = av.AudioResampler(format=stream.format, layout="mono", rate=SAMPLE_RATE, frame_size=size)
        for piece in [*fitting.resample(frame), *fitting.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    file.seek(0)
    return load(file)


def _fitted(sound: NDArray[np.floating], like: Samples) -> Samples:
    fitted = np.zeros(len(like), np.float32)
    fitted[: min(len(sound), len(like))] = sound[: len(like)]
    return fitted
