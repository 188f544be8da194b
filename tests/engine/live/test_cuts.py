"""A cut through speech: each word on one side, although both sides heard it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.live.cuts import going_on, split
from engine.values import Word


def said(*words: tuple[str, int]) -> list[Word]:
    return [Word(start, start + 200, text, 0.9) for text, start in words]


LEFT = said(("the", 300), ("gate", 600), ("opens", 900), ("very", 1200), ("slowly", 1500))


def test_words_are_shared_out_by_their_middles() -> None:
    before, after = split(LEFT, 1_000)
    assert [word.text for word in before] == ["the", "gate"]
    assert [word.text for word in after] == ["opens", "very", "slowly"]


@pytest.mark.parametrize("late", [-150, -60, 0, 60, 150])
def test_word_placed_on_different_sides_comes_once(late: int) -> None:
    before, beyond = split(LEFT, 1_000)
    right = said(*((word.text, word.start_ms + late) for word in LEFT[1:]))
    assert [w.text for w in [*before, *going_on(before, beyond, right, 1_000)]] == [w.text for w in LEFT]


def test_where_nothing_was_heard_alike_the_middle_decides() -> None:
    before, beyond = split(LEFT, 1_000)
    right = said(("state", 610), ("opened", 920), ("fairly", 1190))
    assert [word.text for word in going_on(before, beyond, right, 1_000)] == ["opened", "fairly"]


def test_whoever_took_over_at_the_cut_goes_by_the_middle() -> None:
    assert [word.text for word in going_on([], [], LEFT, 1_000)] == ["opens", "very", "slowly"]


def test_first_side_that_heard_nothing_leaves_all_to_the_second() -> None:
    assert going_on([], [], [], 1_000) == []
    assert going_on(LEFT, [], [], 2_000) == []


@given(
    st.lists(st.integers(120, 500), min_size=2, max_size=30),
    st.integers(0, 30),
    st.lists(st.integers(-50, 50), min_size=30, max_size=30),
)
def test_words_heard_alike_are_neither_lost_nor_doubled(
    lengths: list[int], place: int, late: list[int]
) -> None:
    at, words = 2_000, list[Word]()
    for number, length in enumerate(lengths):
        words.append(Word(at, at + length - 20, f"w{number}", 0.9))
        at += length
    cut = words[place % len(words)].start_ms
    heard_first = [word for word in words if word.start_ms < cut + 1_000]
    heard_second = [
        Word(word.start_ms + shift, word.end_ms + shift, word.text, 0.9)
        for word, shift in zip(words, late, strict=False)
        if word.start_ms > cut - 1_000
    ]
    before, beyond = split(heard_first, cut)
    both = [*before, *going_on(before, beyond, heard_second, cut)]
    assert [word.text for word in both] == [word.text for word in words]
