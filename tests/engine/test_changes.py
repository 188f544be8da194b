"""Where one person follows another: by the windows, and rather where it is quiet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diarization.both_scales import Heard
from engine.diarization.changes import LAG_MS, REACH_MS, place_changes
from engine.diarization.vector_file import VectorFile
from engine.diarization.windows import Scale
from engine.values import Turn
from tools.measure.sounds import InMemory

LENGTH_MS = 6_000


def heard_with_change(at_ms: int, blur_ms: int = 800) -> tuple[Scale, Heard]:
    """Windows of 0.8 s every 0.2 s that turn from the first voice to the second while they pass a moment."""
    starts = np.arange(0, LENGTH_MS - 799, 200)
    fine = Scale(starts, starts + 800, VectorFile().all())
    second = np.clip((fine.centres + LAG_MS - at_ms) / blur_ms + 0.5, 0, 1)
    cosines = np.stack([1 - second, second], axis=1).astype(np.float32)
    return fine, Heard((second > 0.5).astype(np.intp), cosines)


def sound(quiet_ms: tuple[int, int] | None = None, level: float = 0.1, left: float = 0.01) -> InMemory:
    samples = level * np.random.default_rng(2).normal(size=LENGTH_MS * 16).astype(np.float32)
    if quiet_ms:
        samples[quiet_ms[0] * 16 : quiet_ms[1] * 16] *= left
    return InMemory(samples)


def placed(at_ms: int, turns_ms: int, audio: InMemory) -> int:
    fine, heard = heard_with_change(at_ms)
    one, other = place_changes([Turn(0, turns_ms, 0), Turn(turns_ms, LENGTH_MS, 1)], fine, heard, audio)
    assert (one.start_ms, one.voice, other.end_ms, other.voice) == (0, 0, LENGTH_MS, 1)
    assert one.end_ms == other.start_ms
    return one.end_ms


@pytest.mark.parametrize("at_ms", [2_900, 3_000, 3_070, 3_200])
def test_in_even_sound_the_windows_say_when(at_ms):
    assert placed(at_ms, 3_000, sound()) == pytest.approx(at_ms, abs=90)


def test_a_pause_nearby_is_taken():
    assert 3_090 <= placed(3_000, 3_000, sound((3_100, 3_160))) <= 3_170
    assert 2_830 <= placed(3_000, 3_000, sound((2_840, 2_900))) <= 2_910


def test_a_pause_that_the_windows_speak_against_is_not():
    assert placed(3_000, 3_000, sound((3_300, 3_360), left=0.3)) < 3_200
    assert placed(3_000, 3_000, sound((4_000, 4_300))) < 3_200


def test_digital_silence_is_sound_enough():
    assert placed(3_000, 3_000, sound(level=0.0)) == pytest.approx(3_000, abs=20)


def test_turns_apart_and_those_of_one_voice_stay():
    fine, heard = heard_with_change(3_000)
    apart = [Turn(0, 2_000, 0), Turn(3_000, 4_000, 1), Turn(4_000, 6_000, 1)]
    assert place_changes(apart, fine, heard, sound((2_000, 3_000))) == apart


def test_a_change_without_windows_around_it_stays():
    fine = Scale(np.array([0]), np.array([800]), VectorFile().all())
    turns = [Turn(0, 4_000, 0), Turn(4_000, 6_000, 1)]
    heard = Heard(np.array([0]), np.array([[1, 0]], np.float32))
    assert place_changes(turns, fine, heard, sound()) == turns


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 3_000), min_size=1, max_size=12),
    st.lists(st.integers(0, 2), min_size=12, max_size=12),
    st.integers(0, 2**32 - 1),
)
def test_no_turn_vanishes_or_leaves_its_place(lengths, voices, seed):
    ends = np.cumsum(lengths).tolist()
    turns = [
        Turn(end - length, end, voice) for length, end, voice in zip(lengths, ends, voices, strict=False)
    ]
    random = np.random.default_rng(seed)
    starts = np.arange(0, max(1, ends[-1] - 799), 200)
    fine = Scale(starts, starts + 800, VectorFile().all())
    cosines = random.normal(size=(len(starts), 3)).astype(np.float32)
    audio = InMemory(random.normal(size=ends[-1] * 16).astype(np.float32))
    after = place_changes(turns, fine, Heard(cosines.argmax(axis=1), cosines), audio)
    assert [turn.voice for turn in after] == [turn.voice for turn in turns]
    assert (after[0].start_ms, after[-1].end_ms) == (0, ends[-1])
    assert all(turn.end_ms > turn.start_ms for turn in after)
    for (before, _), (one, two) in zip(pairwise(turns), pairwise(after), strict=True):
        assert one.end_ms == two.start_ms
        assert abs(one.end_ms - before.end_ms) <= REACH_MS + LAG_MS
