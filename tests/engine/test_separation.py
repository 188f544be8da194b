import numpy as np
import pytest

from engine.separation import ENOUGH_PAIRS, equal_error_rate, separation
from tests.engine.voices import find, voice


def some_prints(count, sessions=3):
    rng = np.random.default_rng(1)
    return {
        key: [voice(0, *(np.eye(4)[key] + 0.1 * rng.normal(size=4))) for _ in range(sessions)]
        for key in range(count)
    }


def test_group_of_clear_voices_is_seen_to_be_apart():
    found = separation(some_prints(4, 4), find_calibration=find)
    assert (len(found.same), len(found.different)) == (24, 96)
    assert (found.equal_error_rate, found.false_accepts, found.false_rejects) == (0, 0, 0)
    edges, same, different = found.histogram(10)
    assert (len(edges), sum(same), sum(different)) == (11, 24, 96)


def test_too_few_pairs_make_no_rate():
    found = separation(some_prints(2, 2), find_calibration=find)
    assert len(found.same) == 2 < ENOUGH_PAIRS
    assert (found.equal_error_rate, found.false_accepts, found.false_rejects) == (None, None, None)
    assert separation({}).histogram() == ((), (), ())


def test_pairs_of_one_session_say_nothing_of_recognising():
    prints = some_prints(4, 4)
    sessions = {key: ["a", "a", "b", "b"] for key in prints}
    found = separation(prints, sessions, find_calibration=find)
    assert len(found.same) == 4 * 4


def test_equal_error_rate_of_what_overlaps():
    assert equal_error_rate([1, 2, 3, 4], [0, 0, 0, 0]) == 0
    assert equal_error_rate([0, 2, 3, 4], [-1, -1, -1, 1]) == 0.25
    assert equal_error_rate([1], [2]) == 1.0
    with pytest.raises(ValueError, match="both kinds"):
        equal_error_rate([], [1])
