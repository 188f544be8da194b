"""Packing loses no speech; joining loses and doubles no word."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.chunking import merge_chunks, pack
from engine.config import ChunkConfig
from engine.values import Chunk, Span, Utterance, Word

SMALL = ChunkConfig(target_ms=20_000, max_ms=40_000, overlap_ms=4_000)


@st.composite
def speech(draw: st.DrawFn) -> list[Span]:
    spans, at = [], draw(st.integers(0, 5000))
    for _ in range(draw(st.integers(0, 30))):
        length = draw(st.one_of(st.integers(200, 8000), st.integers(30_000, 200_000)))
        spans.append(Span(at, at + length))
        at += length + draw(st.integers(0, 20_000))
    return spans


@given(speech(), st.integers(0, 5000))
def test_every_moment_of_speech_is_in_a_chunk(spans: list[Span], tail_ms: int) -> None:
    duration_ms = (spans[-1].end_ms if spans else 0) + tail_ms
    chunks = pack(spans, duration_ms, SMALL)

    covered: list[Span] = []
    for span in (s for chunk in chunks for s in chunk.speech):
        if covered and span.start_ms < covered[-1].end_ms:
            covered[-1] = Span(covered[-1].start_ms, span.end_ms)
        else:
            covered.append(span)
    assert covered == spans
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    if chunks:
        assert (chunks[0].start_ms, chunks[-1].end_ms) == (0, duration_ms)
    for chunk in chunks:
        assert 0 < sum(s.duration_ms for s in chunk.speech) <= SMALL.max_ms
        assert all(chunk.start_ms <= s.start_ms and s.end_ms <= chunk.end_ms for s in chunk.speech)
    for one, other in pairwise(chunks):
        overlap = one.end_ms - other.start_ms
        assert overlap in (0, SMALL.overlap_ms)
        if not overlap:
            assert one.speech[-1].end_ms <= one.end_ms <= other.speech[0].start_ms


def test_chunks_are_alike_in_speech_and_cut_in_the_longest_silence() -> None:
    spans, at = [], 0
    for number in range(60):
        spans.append(Span(at, at + 1000))
        at += 1000 + (3000 if number % 10 == 9 else 300)

    chunks = pack(spans, at, ChunkConfig(target_ms=22_000, max_ms=40_000, overlap_ms=4_000))

    assert [len(chunk.speech) for chunk in chunks] == [20, 20, 20]


def test_no_speech_gives_no_work() -> None:
    assert pack([], 60_000, SMALL) == []


def test_talking_through_is_cut_with_an_overlap() -> None:
    chunks = pack([Span(0, 100_000)], 100_000, SMALL)

    assert len(chunks) > 2
    assert all(a.end_ms - b.start_ms == SMALL.overlap_ms for a, b in pairwise(chunks))


def hear(words: list[Word], chunk: Chunk, rng: random.Random, *, jitter: int) -> list[Utterance]:
    """Returns what a recogniser hears of ``words``: whole words shifted a little, cut words mangled or missing."""
    heard: list[Word] = []
    for word in words:
        if word.end_ms <= chunk.start_ms or word.start_ms >= chunk.end_ms:
            continue
        text = word.text
        if word.start_ms < chunk.start_ms or word.end_ms > chunk.end_ms:
            if rng.random() < 0.5:
                continue
            text = "uh"
        shift = rng.randint(-jitter, jitter)
        start = max(chunk.start_ms, word.start_ms + shift)
        if heard:
            start = max(start, heard[-1].end_ms - 20)
        heard.append(Word(start, max(start + 20, min(chunk.end_ms, word.end_ms + shift)), text, 0.9))
    utterances = []
    while heard:
        size = rng.randint(1, 12)
        part, heard = heard[:size], heard[size:]
        utterances.append(Utterance(part[0].start_ms, part[-1].end_ms, tuple(part)))
    return utterances


VOCABULARY = ["ja", "nee", "de", "draak", "slaapt", "in", "kelder", "the", "sword", "and", "shield", "ja"]


@pytest.mark.slow
@settings(max_examples=300)
@given(st.integers(0, 2**32), st.integers(0, 80), st.sampled_from([VOCABULARY, ["ja"], ["no", "wait"]]))
def test_hard_cut_loses_and_doubles_no_word(seed: int, jitter: int, vocabulary: list[str]) -> None:
    rng = random.Random(seed)
    words, at = [], 0
    while at < 150_000:
        length = rng.randint(180, 700)
        words.append(Word(at, at + length, rng.choice(vocabulary), 0.9))
        at += length + rng.choice([0, 0, 0, 40, 150])
    chunks = pack([Span(0, at)], at, SMALL)
    assert len(chunks) > 3

    merged = merge_chunks([(chunk, hear(words, chunk, rng, jitter=jitter)) for chunk in chunks])

    assert [w.text for u in merged for w in u.words] == [w.text for w in words]


def test_the_words_around_a_cut_keep_their_utterances() -> None:
    left = [
        Utterance(0, 900, (Word(0, 400, "De", 1), Word(500, 900, "draak", 1))),
        utterance("slaapt nooit", 1000),
    ]
    right = [utterance("slaapt nooit meer", 1010), utterance("zegt Mira", 3000)]
    one, other = Chunk(0, 0, 2000, (Span(0, 2000),)), Chunk(1, 900, 5000, (Span(900, 5000),))

    merged = merge_chunks([(one, left), (other, right)])

    assert " ".join(u.text for u in merged) == "De draak slaapt nooit meer zegt Mira"


def test_mark_of_unheard_speech_gives_way_to_words() -> None:
    unheard = Utterance(900, 2000, (), heard=False)
    one, other = Chunk(0, 0, 2000, (Span(0, 2000),)), Chunk(1, 900, 5000, (Span(900, 5000),))

    merged = merge_chunks([(one, [unheard]), (other, [utterance("wel gehoord", 1000)])])

    assert [u.text for u in merged] == ["wel gehoord"]


def test_different_hearings_of_one_word_are_not_doubled() -> None:
    one, other = Chunk(0, 0, 4000, (Span(0, 4000),)), Chunk(1, 2000, 6000, (Span(2000, 6000),))
    left = [Utterance(2800, 3150, (Word(2850, 3140, "Mira", 0.4),))]
    right = [Utterance(2800, 3150, (Word(2870, 3200, "mirror", 0.4),))]

    assert len(merge_chunks([(one, left), (other, right)])) == 1


def utterance(text: str, start_ms: int) -> Utterance:
    words = tuple(
        Word(start_ms + 400 * n, start_ms + 400 * n + 380, t, 1.0) for n, t in enumerate(text.split())
    )
    return Utterance(words[0].start_ms, words[-1].end_ms, words)


def test_a_short_recording_is_shared_out_so_that_several_workers_end_together() -> None:
    speech = [Span(at, at + 9_000) for at in range(0, 600_000, 10_000)]

    assert len(pack(speech, 600_000, ChunkConfig(target_ms=360_000, max_ms=720_000))) == 5
    assert len(pack(speech[:12], 120_000, ChunkConfig(target_ms=360_000, max_ms=720_000))) == 1


def test_a_long_recording_keeps_long_chunks() -> None:
    speech = [Span(at, at + 9_000) for at in range(0, 7_200_000, 10_000)]

    assert len(pack(speech, 7_200_000, ChunkConfig(target_ms=360_000, max_ms=720_000))) == 18


RULED = ChunkConfig(target_ms=20_000, max_ms=40_000, overlap_ms=4_000, shares=1)


def apart(*lengths_and_silences: int) -> tuple[list[Span], int]:
    """Returns spans of the given lengths with the given silences between them, in turn, and where the last ends."""
    spans, at = [], 0
    for number, ms in enumerate(lengths_and_silences):
        if number % 2 == 0:
            spans.append(Span(at, at + ms))
        at += ms
    return spans, at


def first(*lengths_and_silences: int, config: ChunkConfig = RULED) -> int:
    """Returns how many spans the first chunk has."""
    return len(pack(*apart(*lengths_and_silences), config)[0].speech)


def test_the_longest_silence_between_three_and_five_quarters_of_the_wanted_length_is_the_cut() -> None:
    assert first(15_000, 900, 5_000, 500, 5_000, 500, 15_000) == 1
    assert first(14_999, 900, 5_001, 500, 5_000, 500, 15_000) == 2
    assert first(15_000, 500, 5_000, 500, 5_000, 900, 15_000) == 3
    assert first(15_000, 500, 5_000, 500, 5_001, 900, 14_999) == 2


def test_of_silences_as_long_the_one_nearest_to_the_wanted_length_is_the_cut() -> None:
    assert first(16_000, 500, 3_000, 500, 5_000, 500, 16_000) == 2
    assert first(16_000, 500, 5_000, 500, 3_000, 500, 16_000) == 2
    assert first(18_000, 500, 3_000, 500, 3_000, 500, 16_000) == 2


def test_where_no_silence_is_near_the_first_late_one_is_the_cut() -> None:
    assert first(5_000, 3_000, 21_000, 200, 4_000, 800, 10_000) == 2
    assert first(40_000, 1_000, 20_000) == 1
    assert [chunk.end_ms for chunk in pack(*apart(40_000, 1_000, 20_000), RULED)] == [40_500, 61_000]


def test_where_only_early_silences_are_the_last_of_them_is_the_cut_unless_all_fits() -> None:
    assert first(1_000, 500, 2_000, 500, 100_000) == 2
    assert first(2_000, 500, 28_000) == 2
    assert len(pack(*apart(2_000, 500, 28_000), RULED)) == 1


def test_talking_through_is_cut_at_the_wanted_length_and_heard_on_both_sides() -> None:
    def cut(length_ms: int, **lengths: int) -> tuple[int, int]:
        one, other, *_ = pack(
            [Span(1_000, 1_000 + length_ms)], length_ms + 2_000, ChunkConfig(shares=1, **lengths)
        )
        return one.end_ms, other.start_ms

    assert cut(100_000, target_ms=20_000, max_ms=40_000, overlap_ms=4_000) == (23_000, 19_000)
    assert cut(45_000, target_ms=5_000, max_ms=40_000, overlap_ms=4_000) == (11_000, 7_000)
    assert cut(80_000, target_ms=40_000, max_ms=40_000, overlap_ms=4_000) == (41_000, 37_000)


def test_chunks_that_are_not_there_yet_leave_the_others_as_they_are() -> None:
    one, other = Chunk(0, 0, 1_000, (Span(0, 900),)), Chunk(2, 5_000, 9_000, (Span(5_100, 9_000),))
    parts = [(one, [utterance("de draak", 0)]), (other, [utterance("de draak", 5_100)])]

    assert [u.start_ms for u in merge_chunks(parts)] == [0, 5_100]
    assert [u.start_ms for u in merge_chunks(parts[1:])] == [5_100]


def test_chunks_that_meet_keep_all_of_both() -> None:
    one, other = Chunk(0, 0, 1_000, (Span(0, 900),)), Chunk(1, 1_000, 2_000, (Span(1_100, 2_000),))
    left, right = utterance("de draak", 100), utterance("de draak", 1_050)

    assert merge_chunks([(one, [left]), (other, [right])]) == [left, right]
