"""Work is spread over captioners, and always done by somebody."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from realtime_app.captioner.share import LEAVE_TO_OTHERS_S, Share, to_hand_over

ONE, TWO = UUID(int=1), UUID(int=2)


def test_a_captioner_alone_takes_everything():
    assert set(Share().to_take({ONE: 1, TWO: 4}, own=7, others=[], now=0)) == {ONE, TWO}


def test_the_one_with_fewest_takes_what_is_free():
    assert Share().to_take({ONE: 1}, own=1, others=[2, 3], now=0) == [ONE]
    assert Share().to_take({ONE: 1}, own=3, others=[1], now=0) == []


def test_one_of_two_equals_takes_one_of_two_sessions():
    assert Share().to_take({ONE: 1, TWO: 1}, own=0, others=[0], now=0) == [ONE]


def test_what_nobody_takes_is_taken_in_the_end():
    share = Share()
    assert share.to_take({ONE: 1}, own=3, others=[1], now=0) == []
    assert share.to_take({ONE: 1}, own=3, others=[1], now=LEAVE_TO_OTHERS_S) == [ONE]
    assert share.to_take({}, own=3, others=[1], now=LEAVE_TO_OTHERS_S) == []
    assert share.to_take({ONE: 1}, own=3, others=[1], now=LEAVE_TO_OTHERS_S + 1) == []


loads = st.dictionaries(st.integers(1, 9).map(lambda n: UUID(int=n)), st.integers(1, 8), max_size=6)


@given(loads, st.lists(st.integers(0, 20), max_size=4))
def test_handing_over_makes_the_busiest_of_the_two_less_busy_and_is_never_taken_back(own, others):
    session = to_hand_over(own, others)
    if session is None:
        return
    before, left, least = sum(own.values()), sum(own.values()) - own[session], min(others)
    assert max(left, least + own[session]) < before
    assert Share().to_take({session: own[session]}, own=left, others=others, now=0) == []
