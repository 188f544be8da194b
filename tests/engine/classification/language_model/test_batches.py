"""Every line that people left open is asked about once, with no request too large."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.classification.language_model.batches import AFTER, BEFORE, CHARACTERS, next_batch, shown_around
from engine.classification.values import SpokenLine, Verdict

SAID = Verdict("OOC", "rules")
lines = st.lists(
    st.builds(
        SpokenLine,
        speaker=st.just("A"),
        role=st.just("player"),
        text=st.integers(0, 5_000).map(lambda length: "a" * length),
        said=st.sampled_from([None, SAID]),
    ),
    max_size=120,
)


def batches(of: list[SpokenLine], most: int) -> list[list[int]]:
    found, at = [], 0
    while batch := next_batch(of, at, most):
        found.append(batch)
        at = batch[-1] + 1
    return found


@settings(deadline=None)
@given(of=lines, most=st.integers(1, 50))
def test_each_open_line_is_in_one_batch(of, most):
    asked = [index for batch in batches(of, most) for index in batch]
    assert asked == [index for index, line in enumerate(of) if line.said is None]


@settings(deadline=None)
@given(of=lines, most=st.integers(1, 50))
def test_no_batch_is_too_large(of, most):
    for batch in batches(of, most):
        assert len(batch) <= most
        assert len(batch) == 1 or sum(len(of[index].text) for index in batch) <= CHARACTERS
        assert all(b - a <= BEFORE + AFTER for a, b in pairwise(batch))


@settings(deadline=None)
@given(of=lines, most=st.integers(1, 50))
def test_what_is_shown_lies_within_the_session(of, most):
    for batch in batches(of, most):
        first, stop = shown_around(batch, len(of))
        assert 0 <= first <= batch[0]
        assert batch[-1] < stop <= len(of)
