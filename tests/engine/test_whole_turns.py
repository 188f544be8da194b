"""Short turns heard as a whole; vectors are made up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diarization.vector_file import VectorFile
from engine.diarization.whole_turns import WholeTurns, hear_whole
from engine.diarization.windows import Scale
from engine.embedding import DIMENSION, unit
from engine.values import Turn

PEOPLE = np.eye(3, DIMENSION, dtype=np.float32)
ROOM = np.eye(4, DIMENSION, dtype=np.float32)[3]


def heard(spoken: list[tuple[int, int]], room: float = 0.0) -> Scale:
    """Windows of a second, every 200 ms, of who speaks for how many milliseconds."""
    starts, vectors, at = [], [], 0
    random = np.random.default_rng(3)
    for person, length_ms in spoken:
        for start in range(at, at + length_ms - 999, 200):
            starts.append(start)
            vectors.append(unit(PEOPLE[person] + room * ROOM + 0.3 * unit(random.normal(size=DIMENSION))))
        at += length_ms
    file = VectorFile()
    if vectors:
        file.append(np.array(vectors))
    return Scale(np.array(starts, np.int64), np.array(starts, np.int64) + 1_000, file.all())


SPOKEN = [(0, 6_000), (1, 6_000), (0, 2_000), (2, 6_000), (1, 5_000)]


@pytest.mark.parametrize("room", [0.0, 3.0])
def test_a_short_turn_under_another_voice_comes_to_its_own(room):
    turns = [Turn(0, 6_000, 0), Turn(6_000, 14_000, 1), Turn(14_000, 20_000, 2), Turn(20_000, 25_000, 1)]
    split = [*turns[:1], Turn(6_000, 12_000, 1), Turn(12_000, 14_000, 1), *turns[2:]]
    assert hear_whole(split, heard(SPOKEN, room), unit) == (
        Turn(0, 6_000, 0),
        Turn(6_000, 12_000, 1),
        Turn(12_000, 14_000, 0),
        Turn(14_000, 20_000, 2),
        Turn(20_000, 25_000, 1),
    )


def test_long_turns_and_what_is_not_clear_stay():
    wrong = [Turn(0, 6_000, 0), Turn(6_000, 12_000, 1), Turn(12_000, 14_000, 1), Turn(14_000, 25_000, 2)]
    windows = heard(SPOKEN)
    assert hear_whole(wrong, windows, unit, WholeTurns(longest_ms=1_999)) == (
        wrong[0],
        Turn(6_000, 14_000, 1),
        wrong[3],
    )
    assert hear_whole(wrong, windows, unit, WholeTurns(margin=3.0)) == (
        wrong[0],
        Turn(6_000, 14_000, 1),
        wrong[3],
    )


def test_no_voice_loses_its_last_turn():
    windows = heard([(0, 6_000), (1, 6_000), (0, 2_000)])
    turns = [Turn(0, 6_000, 0), Turn(6_000, 12_000, 1), Turn(12_000, 14_000, 2)]
    assert hear_whole(turns, windows, unit, WholeTurns(margin=-3.0)) == tuple(turns)


def test_turns_without_windows_stay():
    turns = [Turn(0, 6_000, 0), Turn(6_000, 6_300, 1), Turn(7_000, 13_000, 1)]
    assert hear_whole(turns, heard([(0, 6_000), (2, 1_000), (1, 6_000)]), unit) == tuple(turns)
    assert hear_whole([], heard([]), unit) == ()
    one = [Turn(0, 900, 0), Turn(900, 1_500, 0)]
    assert hear_whole(one, heard([(0, 2_000)]), unit) == tuple(one)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 70)), min_size=1, max_size=12),
    st.lists(st.integers(0, 2), min_size=12, max_size=12),
)
def test_speech_is_neither_lost_nor_doubled_and_no_voice_vanishes(spoken, labels):
    lengths = [(person, tenths * 100) for person, tenths in spoken]
    ends = np.cumsum([length for _, length in lengths]).tolist()
    turns = [
        Turn(end - length, end, voice) for (_, length), end, voice in zip(lengths, ends, labels, strict=False)
    ]
    after = hear_whole(turns, heard(lengths), unit)
    assert (after[0].start_ms, after[-1].end_ms) == (0, ends[-1])
    assert all(one.end_ms == two.start_ms for one, two in pairwise(after))
    assert {turn.voice for turn in after} == {turn.voice for turn in turns}
