"""Who speaks at a time, to the millisecond."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.turn_index import TurnIndex
from engine.values import Turn, Word


def index(*turns):
    return TurnIndex([Turn(*turn) for turn in turns])


def evidence(start_ms, end_ms, *turns, reach_ms=1_500):
    return index(*turns).evidence(Word(start_ms, end_ms, "word", 0.9), reach_ms)


def test_each_voice_speaks_as_long_as_its_turns_lie_within_the_time():
    turns = index((0, 1_000, 0), (900, 3_000, 1), (1_400, 1_600, 0), (5_000, 6_000, 2))
    assert turns.overlaps(500, 1_500) == {0: 600, 1: 600}
    assert turns.overlaps(1_000, 1_100) == {1: 100}
    assert turns.overlaps(3_000, 5_000) == {}


def test_the_loudest_speaks_longest_and_of_equals_it_is_the_first_voice():
    assert index((0, 1_300, 0), (1_300, 2_000, 1)).loudest(1_000, 2_000, 0) == 1
    assert index((0, 1_500, 1), (1_500, 2_000, 0)).loudest(1_000, 2_000, 0) == 0
    assert index((0, 1_500, 0), (1_500, 2_000, 1)).loudest(1_000, 2_000, 0) == 0


@pytest.mark.parametrize("end_ms", [1_300, 1_301])
def test_where_nobody_speaks_the_nearest_in_reach_is_meant(end_ms):
    reach_ms = 1_500
    assert index((end_ms + reach_ms, 9_000, 3)).loudest(1_000, end_ms, reach_ms) == 3
    assert index((end_ms + reach_ms + 1, 9_000, 3)).loudest(1_000, end_ms, reach_ms) is None
    assert index((0, 4_000 - reach_ms, 3)).loudest(4_000, 4_000 + end_ms, reach_ms) == 3
    assert index((0, 3_999 - reach_ms, 3)).loudest(4_000, 4_000 + end_ms, reach_ms) is None


def test_the_nearer_turn_wins_on_either_side():
    assert index((0, 800, 7), (1_499, 2_000, 3)).loudest(1_000, 1_300, 1_500) == 3
    assert index((0, 802, 7), (1_499, 2_000, 3)).loudest(1_000, 1_300, 1_500) == 7
    assert index((0, 1_000, 7), (1_300, 2_000, 3)).loudest(1_000, 1_300, 1_500) == 7


def test_turns_that_only_touch_a_word_do_not_cover_it():
    assert evidence(1_000, 1_300, (0, 1_000, 5), (1_300, 2_000, 2)) == {5: 0.3}
    assert evidence(1_000, 1_300, (0, 1_001, 5), (1_300, 2_000, 2)) == {5: pytest.approx(1 / 300)}


def test_a_word_says_as_much_as_it_is_long_and_covered():
    assert evidence(1_000, 1_300, (0, 2_000, 0)) == {0: 1.0}
    assert evidence(1_000, 2_500, (0, 3_000, 0)) == {0: 1.0}
    assert evidence(1_000, 1_125, (0, 2_000, 0)) == {0: 0.5}
    assert evidence(1_000, 1_050, (0, 2_000, 0)) == {0: 0.4}
    assert evidence(1_000, 1_300, (0, 1_150, 0)) == {0: 0.5}
    assert evidence(1_000, 1_300, (0, 1_150, 0), (1_075, 1_300, 1)) == {0: 0.5, 1: 0.75}
    assert evidence(1_000, 1_300, (0, 2_000, 0), (900, 1_400, 0)) == {0: 1.0}


def test_a_word_without_length_stands_for_forty_milliseconds_around_it():
    assert evidence(1_000, 1_000, (0, 990, 0), (990, 2_000, 1)) == {
        0: pytest.approx(0.1),
        1: pytest.approx(0.3),
    }
    assert evidence(1_000, 1_000, (0, 981, 0)) == {0: pytest.approx(0.01)}
    assert evidence(1_000, 1_000, (0, 980, 0)) == {0: 0.3}
    assert evidence(1_000, 1_000, (1_019, 2_000, 0)) == {0: pytest.approx(0.01)}
    assert evidence(1_000, 1_000, (1_020, 2_000, 0)) == {0: 0.3}


def test_a_word_far_from_every_turn_says_nothing():
    assert evidence(60_000, 60_300, (0, 1_000, 0)) == {}
    assert evidence(0, 300) == {}


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 200), st.integers(0, 3)).map(
            lambda t: Turn(t[0], t[0] + t[1], t[2])
        ),
        max_size=12,
    ),
    st.integers(0, 500),
    st.integers(0, 200),
)
def test_turns_within_each_other_are_found_like_by_looking_at_all(turns, start_ms, length_ms):
    end_ms = start_ms + length_ms
    near = list(TurnIndex(turns).near(start_ms, end_ms))
    assert sorted(near) == sorted(t for t in turns if t.start_ms <= end_ms and t.end_ms >= start_ms)
