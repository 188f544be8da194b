"""The last seconds of a capture: what is added can be read until it is forgotten, gaps are silence."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.live.audio import RecentAudio


def ramp(first: int, end: int) -> np.ndarray:
    return (np.arange(first, end) / 1e6 + 1).astype(np.float32)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20_000)), max_size=12),
    st.integers(0, 99),
    st.integers(0, 99),
)
def test_reads_what_was_added_and_silence_in_gaps(steps: list[tuple[bool, int]], low: int, high: int) -> None:
    audio, truth = RecentAudio(), np.zeros(0, np.float32)
    for is_gap, size in steps:
        new = np.zeros(size, np.float32) if is_gap else ramp(len(truth), len(truth) + size)
        if is_gap:
            audio.skip(len(truth) + size)
        else:
            audio.add(new)
        truth = np.concatenate((truth, new))
    first, end = sorted((len(truth) * low // 99, len(truth) * high // 99))
    assert audio.end == len(truth)
    np.testing.assert_array_equal(audio.samples(first, end), truth[first:end])


def test_forgets_whole_blocks_only() -> None:
    audio = RecentAudio(16_000)
    audio.add(ramp(0, 16_000))
    audio.add(ramp(16_000, 32_000))
    audio.forget(31_999)
    assert audio.held == 32_000
    audio.forget(32_000)
    assert audio.held == 16_000
    np.testing.assert_array_equal(audio.read(2_000, 2_001), ramp(16_000, 16_016))


def test_milliseconds_are_those_of_the_whole_and_end_with_it() -> None:
    audio = RecentAudio(32_000)
    audio.add(ramp(0, 1_600))
    assert audio.duration_ms == 2_100
    assert len(audio.read(2_050, 9_000)) == 800
    assert len(audio.read(9_000, 9_500)) == 0
    assert not audio.read(0, 1_000).any()
