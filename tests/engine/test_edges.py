"""Words are cut to the speech they lie in, and never turned around."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.edges import draw_to_speech
from engine.values import Span, Utterance, Word

SPEECH = [Span(1000, 2000), Span(2600, 4000)]


def drawn(*edges: tuple[int, int]) -> list[tuple[int, int]]:
    words = tuple(Word(start, end, "ja", 0.9) for start, end in edges)
    (utterance,) = draw_to_speech([Utterance(words[0].start_ms, words[-1].end_ms, words)], SPEECH)
    assert (utterance.start_ms, utterance.end_ms) == (utterance.words[0].start_ms, utterance.words[-1].end_ms)
    return [(word.start_ms, word.end_ms) for word in utterance.words]


def test_word_reaches_into_no_pause() -> None:
    assert drawn((500, 1300), (1300, 2300)) == [(1000, 1300), (1300, 2000)]


def test_word_that_only_touches_the_next_speech_ends_with_its_own() -> None:
    assert drawn((1700, 2650)) == [(1700, 2000)]


def test_word_with_a_pause_inside_stays_whole() -> None:
    assert drawn((1800, 2900)) == [(1800, 2900)]


def test_word_outside_speech_stays() -> None:
    assert drawn((100, 300), (2100, 2300)) == [(100, 300), (2100, 2300)]


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=12, unique=True))
def test_words_keep_their_order_and_direction(times: list[int]) -> None:
    edges = list(zip(sorted(times)[::2], sorted(times)[1::2], strict=False))

    found = drawn(*edges)

    assert all(start <= end for start, end in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert all(old[0] <= new[0] and new[1] <= old[1] for old, new in zip(edges, found, strict=True))
