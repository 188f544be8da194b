"""Takes from a crop's mel bands what a microphone did to them, as far as the crop itself tells; called by the encoder.

A person's voice and a microphone both colour a long stretch of speech. Bands are moved towards those of an average
voice, but not all the way, and steady noise is taken off before. The figures were chosen by how well people are told
apart who were recorded by microphones that nothing was learnt from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mels = NDArray[np.float32]

STRENGTH = 0.5
"""How far bands are moved: 0 leaves the microphone, 1 takes all of the person's own colour, too."""

MOST = 2.0
"""No band is made louder or quieter by more than this, in powers of ten (20 dB)."""

NOISE_SHARE = 0.1
"""The quietest of so many frames, band by band, are taken for noise."""

REMAINS = 0.05
"""What taking the noise off leaves of a band at least."""

LEVEL = 10**-1.497
"""Mean power over bands and speech to which crops are brought."""

# fmt: off
AVERAGE_VOICE = np.array(
    [
        0.56, 1.22, 1.46, 1.34, 1.28, 1.35, 1.31, 1.19, 1.03, 0.86,
        0.72, 0.58, 0.45, 0.36, 0.30, 0.27, 0.12, 0.13, 0.13, 0.14,
        0.09, -0.01, -0.18, -0.32, -0.37, -0.36, -0.40, -0.45, -0.52, -0.58,
        -0.67, -0.75, -0.88, -1.00, -1.13, -1.21, -1.30, -1.44, -1.57, -1.75,
    ]
)
# fmt: on
"""Long-term power of 44 people's speech by band (powers of ten about their mean), from good recordings; made by
``tools/average_voice.py``."""

_BANDS = 3
_QUIETEST = 1e-10


def without_microphone(mels: Mels) -> Mels:
    """Returns a crop's mel power without steady noise, at one level, its bands moved towards an average voice's.

    Args:
        mels: shape ``(frames, 40)``, at least one frame; silence is returned as it is.
    """
    quiet = without_noise(mels)
    if not quiet.any():
        return mels
    away = AVERAGE_VOICE - colour(quiet)
    wide = np.convolve(np.pad(away, _BANDS // 2, mode="edge"), np.full(_BANDS, 1 / _BANDS), "valid")
    moved = quiet * (10 ** np.clip(STRENGTH * wide, -MOST, MOST)).astype(np.float32)
    level = float(moved[speech_frames(moved)].mean())
    even: Mels = moved * np.float32(LEVEL / level)
    return even


def without_noise(mels: Mels) -> Mels:
    """Returns mel power without what is heard all the time.

    >>> hum = np.ones((100, 40), np.float32)
    >>> round(float(without_noise(hum).max()), 3)
    0.05
    """
    noise = np.percentile(mels, NOISE_SHARE * 100, axis=0).astype(np.float32)
    left: Mels = np.maximum(mels - noise, np.float32(REMAINS) * mels)
    return left


def colour(mels: Mels) -> NDArray[np.float64]:
    """Returns the long-term power of speech by band, in powers of ten about their mean."""
    power = mels[speech_frames(mels)].mean(axis=0, dtype=np.float64)
    bands = np.log10(np.maximum(power, _QUIETEST))
    about: NDArray[np.float64] = bands - bands.mean()
    return about


def speech_frames(mels: Mels) -> NDArray[np.bool_]:
    """Tells which frames are speech: all that lie nearer to the loud ones than to the quiet ones."""
    power = mels.sum(axis=1, dtype=np.float64)
    quiet, loud = np.percentile(power, (10, 90))
    bar = max(np.sqrt(max(quiet, 1e-9) * loud), loud * 10**-2.5) if loud > 4 * quiet else np.median(power)
    found: NDArray[np.bool_] = power >= bar
    return found
