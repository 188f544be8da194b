import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.colour import (
    AVERAGE_VOICE,
    LEVEL,
    REMAINS,
    colour,
    speech_frames,
    without_microphone,
    without_noise,
)


def voice(seed=0, frames=300):
    """Returns mels of somebody who speaks and pauses by turns."""
    rng = np.random.default_rng(seed)
    bands = 10 ** (AVERAGE_VOICE + rng.normal(0, 0.3, 40) - 2)
    speaks = np.where(np.arange(frames) // 40 % 2, 1.0, 1e-4)
    return (bands * speaks[:, None] * rng.gamma(2, 0.5, (frames, 40))).astype(np.float32)


def tilted(mels):
    """Returns mels as a dull microphone has them: 20 dB less at the top than at the bottom."""
    return mels * (10 ** np.linspace(0, -2, 40)).astype(np.float32)


def distance(one, two):
    return np.abs(colour(one) - colour(two)).mean()


def test_dull_microphone_is_heard_less():
    mels = voice()
    assert distance(without_microphone(mels), without_microphone(tilted(mels))) < 0.6 * distance(
        mels, tilted(mels)
    )


def test_people_keep_some_of_their_own_colour():
    one, two = voice(1), voice(2)
    assert distance(without_microphone(one), without_microphone(two)) > 0.3 * distance(one, two)


@pytest.mark.slow
@given(seed=st.integers(0, 50), gain=st.floats(1e-3, 1e3))
@settings(max_examples=25, deadline=None)
def test_loudness_makes_no_difference(seed, gain):
    mels = voice(seed)
    even = without_microphone(mels)
    assert even[speech_frames(even)].mean() == pytest.approx(LEVEL, rel=1e-3)
    assert without_microphone(mels * np.float32(gain)) == pytest.approx(even, rel=1e-2, abs=1e-7)


def test_steady_noise_is_taken_off_and_speech_left():
    mels = voice()
    noisy = mels + np.float32(0.01)
    pause = ~speech_frames(mels)
    assert without_noise(noisy)[pause].mean() < 0.1 * noisy[pause].mean()
    assert (without_noise(noisy) >= np.float32(REMAINS) * noisy).all()


@pytest.mark.parametrize("frames", [1, 2, 7])
def test_silence_and_the_shortest_crops_pass(frames):
    silent = np.zeros((frames, 40), np.float32)
    assert not without_microphone(silent).any()
    assert np.isfinite(without_microphone(voice(frames=frames))).all()


def test_average_voice_is_about_its_mean():
    assert AVERAGE_VOICE.shape == (40,)
    assert AVERAGE_VOICE.mean() == pytest.approx(0, abs=0.01)
