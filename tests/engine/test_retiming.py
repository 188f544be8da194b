"""Edited lines keep the times of the words that stay, and give the others times that a player can follow."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.retiming import LEAST_MS, StoredWord, folded, joined_words, retimed, split_words

START, END = 1000, 61_000
TEXTS = st.text("abcdé' ,.!-", min_size=1, max_size=8).map(lambda text: text.strip() or "a").filter(str.strip)
WORD = st.one_of(
    st.sampled_from(["ja", "de", "Draak,", "draak", "nee!", "—"]), TEXTS.map(lambda t: t.split()[0])
)


@st.composite
def words(draw: st.DrawFn, least: int = 1) -> list[StoredWord]:
    """Words one after the other, in a line from START to END."""
    made: list[StoredWord] = []
    at = START + draw(st.integers(0, 500))
    for _ in range(draw(st.integers(least, 12))):
        end = at + draw(st.integers(1, 900))
        made.append([at, end, draw(WORD), draw(st.floats(0, 1))])
        at = end + draw(st.one_of(st.just(0), st.integers(0, 600)))
    return made


ANY_WORDS = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(0, 5000), WORD, st.floats(0, 1)).map(
        lambda word: [min(word[:2]), max(word[:2]), *word[2:]]
    ),
    max_size=12,
)


def text_of(line: list[StoredWord]) -> str:
    return " ".join(word[2] for word in line)


def assert_one_after_the_other(line: list[StoredWord], start_ms: int, end_ms: int) -> None:
    least = 1 if end_ms - start_ms >= len(line) else 0
    assert all(start_ms <= word[0] <= word[0] + least <= word[1] <= end_ms for word in line)
    assert all(before[1] <= after[0] for before, after in pairwise(line))


@given(words(least=0))
def test_a_line_that_nobody_changed_keeps_everything(line: list[StoredWord]) -> None:
    assert retimed(line, text_of(line), START, END) == line


@given(words())
def test_case_accents_and_punctuation_are_no_change(line: list[StoredWord]) -> None:
    shouted = [f"{word[2].upper()}!" if folded(word[2]).isalnum() else word[2] for word in line]

    found = retimed(line, "  ".join(shouted), START, END)

    assert [word[2] for word in found] == shouted
    assert [(*word[:2], word[3]) for word in found] == [(*word[:2], word[3]) for word in line]


@given(words(), st.lists(WORD, max_size=6), st.data())
def test_words_before_and_after_an_edit_keep_their_times(
    line: list[StoredWord], written: list[str], data: st.DataObject
) -> None:
    line = [[*word[:2], f"word{at}", word[3]] for at, word in enumerate(line)]
    first = data.draw(st.integers(0, len(line)))
    until = data.draw(st.integers(first, len(line)))
    before, after = line[:first], line[until:]

    found = retimed(line, " ".join([text_of(before), *written, text_of(after)]), START, END)

    assert_one_after_the_other(found, START, END)
    assert found[: max(0, first - 1)] == before[:-1]
    assert found[len(found) - max(0, len(after) - 1) :] == after[1:]
    if until > first and line[until - 1][1] - line[first][0] >= LEAST_MS * len(written):
        assert found[:first] == before
        assert found[len(found) - len(after) :] == after


@given(ANY_WORDS, st.text("abé \n\t,x", max_size=60), st.integers(0, 4000), st.integers(0, 4000))
def test_whatever_there_was_the_words_are_in_the_line_and_say_its_text(
    line: list[StoredWord], text: str, start_ms: int, length_ms: int
) -> None:
    found = retimed(line, text, start_ms, start_ms + length_ms)

    assert text_of(found) == " ".join(text.split())
    assert_one_after_the_other(found, start_ms, start_ms + length_ms)


@given(ANY_WORDS, st.text("abé \n\t,x", max_size=60))
def test_timing_a_line_again_changes_nothing(line: list[StoredWord], text: str) -> None:
    once = retimed(line, text, 0, 4000)

    assert retimed(once, text, 0, 4000) == once


def test_words_share_the_time_of_those_they_replace_by_their_lengths() -> None:
    line = [[0, 500, "We", 0.9], [500, 900, "gaan", 0.4], [1000, 1500, "nu", 0.8]]

    found = retimed(line, "We vertrekken ja nu", 0, 1500)

    assert found == [
        [0, 500, "We", 0.9],
        [500, 833, "vertrekken", 1.0],
        [833, 900, "ja", 1.0],
        [1000, 1500, "nu", 0.8],
    ]


def test_as_many_words_as_before_take_their_times_one_by_one() -> None:
    line = [[0, 500, "Gandolf", 0.5], [700, 900, "greets", 0.4], [1000, 1500, "you", 0.8]]

    found = retimed(line, "Gandalf meets you", 0, 1500)

    assert found == [[0, 500, "Gandalf", 1.0], [700, 900, "meets", 1.0], [1000, 1500, "you", 0.8]]


def test_an_inserted_word_takes_the_gap() -> None:
    line = [[0, 500, "de", 0.9], [800, 1200, "draak", 0.9]]

    assert retimed(line, "de rode draak", 0, 1200)[1] == [500, 800, "rode", 1.0]


def test_an_inserted_word_takes_a_fair_part_of_its_neighbours_where_there_is_no_gap() -> None:
    line = [[0, 400, "abcd", 0.9], [400, 800, "efgh", 0.9]]

    found = retimed(line, "abcd ijkl efgh", 0, 800)

    assert found == [[0, 267, "abcd", 0.9], [267, 533, "ijkl", 1.0], [533, 800, "efgh", 0.9]]


def test_without_words_before_the_text_is_spread_over_the_line() -> None:
    assert retimed([], " ab  cdef ", 0, 600) == [[0, 200, "ab", 1.0], [200, 600, "cdef", 1.0]]
    assert retimed([[0, 10, "ab", 0.5]], "  ", 0, 600) == []


def test_the_words_that_came_in_stay_as_they_are() -> None:
    line = [[0, 400, "abcd", 0.9], [400, 800, "efgh", 0.9]]

    retimed(line, "abcd ijkl efgh", 0, 800)
    joined_words(line, line)

    assert line == [[0, 400, "abcd", 0.9], [400, 800, "efgh", 0.9]]


@given(words(least=2), st.data())
def test_a_split_line_joined_again_is_the_line(line: list[StoredWord], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(line) - 1))

    left, right, cut_ms = split_words(line, count)

    assert len(left) == count
    assert left[-1][1] <= cut_ms <= right[0][0]
    assert joined_words(left, right) == line


def test_a_line_is_not_split_into_nothing() -> None:
    for count in (0, 1, -1, 2):
        with pytest.raises(ValueError, match="can't be split"):
            split_words([[0, 400, "abcd", 0.9]], count)


@given(words(least=0), words(least=0))
def test_lines_that_were_spoken_at_once_are_joined_into_words_one_after_the_other(
    left: list[StoredWord], right: list[StoredWord]
) -> None:
    found = joined_words(left, right)

    assert text_of(found) == " ".join(filter(None, (text_of(left), text_of(right))))
    if found:
        times = [word[at] for word in (*left, *right) for at in (0, 1)]
        assert_one_after_the_other(found, min(times), max(times))


def test_words_are_compared_without_what_does_not_matter() -> None:
    assert folded("\u201cCafé!\u201d") == folded("cafe")
    assert folded("z\u2019n") == folded("Z'N,") == "z'n"
    assert folded("—") == "—"
