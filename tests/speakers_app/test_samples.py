"""Samples: the clearest moments of each voice, from a bounded number of rows."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.models import Segment, Session, Voice
from speakers_app.samples import LONGEST_MS, ROOM_MS, samples_of
from tests.sessions_app.transcripts.telling import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def voices(session) -> list[Voice]:
    return [Voice.objects.create(session=session, number=number) for number in (1, 2)]


def line(
    session: Session, voice: Voice | None, start_ms: int, end_ms: int, probability: float = 0.9
) -> Segment:
    step = 500
    words = [
        [at, min(at + step, end_ms), f"w{at}", probability]
        for at in range(start_ms, end_ms, step)
        if probability
    ]
    return Segment.objects.create(
        session=session,
        voice=voice,
        position=Segment.objects.filter(session=session).count(),
        start_ms=start_ms,
        end_ms=end_ms,
        text=" ".join(word[2] for word in words) or "nothing",
        words=words,
    )


def starts(session: Session, voice: Voice) -> list[int]:
    roots = {each.pk: each.merged_into_id or each.pk for each in session.voices.all()}
    return [sample.start_ms + ROOM_MS for sample in samples_of(session, roots).get(voice.pk, ())]


def test_well_recognised_line_is_preferred(session, voices):
    for at in range(6):
        line(session, voices[0], 10_000 * (at + 1), 10_000 * (at + 1) + 5000, 0.95 if at % 2 else 0.4)
    assert starts(session, voices[0]) == [20_000, 40_000, 60_000]


def test_line_in_which_another_voice_is_heard_comes_last(session, voices):
    line(session, voices[0], 1_000, 6_000, 0.99)
    line(session, voices[1], 4_000, 7_000)
    for at in (20_000, 30_000, 40_000):
        line(session, voices[0], at, at + 4_000, 0.8)
    assert starts(session, voices[0]) == [20_000, 30_000, 40_000]


def test_speech_of_nobody_in_particular_overlaps_as_well(session, voices):
    line(session, voices[0], 1_000, 6_000, 0.99)
    line(session, None, 2_000, 3_000)
    for at in (20_000, 30_000, 40_000):
        line(session, voices[0], at, at + 4_000, 0.8)
    assert 1_000 not in starts(session, voices[0])


def test_merged_voices_do_not_overlap_each_other_and_share_their_samples(session, voices):
    Voice.objects.filter(pk=voices[1].pk).update(merged_into=voices[0])
    line(session, voices[0], 1_000, 6_000)
    line(session, voices[1], 4_000, 9_000)
    assert starts(session, voices[0]) == [1_000, 4_000]
    assert starts(session, voices[1]) == []


def test_samples_are_spread_over_the_session(session, voices):
    for at in range(30):
        line(session, voices[0], 10_000 * (at + 1), 10_000 * (at + 1) + 5000, 0.95 if at < 5 else 0.85)
    first, second, third = starts(session, voices[0])
    assert first < 110_000 <= second < 210_000 <= third


def test_short_lines_are_taken_where_there_is_nothing_better(session, voices):
    line(session, voices[0], 1_000, 1_600)
    assert starts(session, voices[0]) == [1_000]


def test_long_line_is_cut_at_the_end_of_a_word(session, voices):
    long = line(session, voices[0], 1_000, 31_000)
    [sample] = samples_of(session, {voices[0].pk: voices[0].pk})[voices[0].pk]
    assert sample.end_ms - ROOM_MS in {word[1] for word in long.words}
    assert sample.end_ms - sample.start_ms <= LONGEST_MS + 2 * ROOM_MS
    assert sample.text.endswith(" …")


def test_line_without_words_is_no_sample(session, voices):
    segment = line(session, voices[0], 1_000, 5_000)
    Segment.objects.filter(pk=segment.pk).update(kind="unheard", words=[], text="")
    assert starts(session, voices[0]) == []


def test_two_queries_and_few_words_for_a_long_session_of_many_voices(session, django_assert_num_queries):
    tell(session, lines=1200, voices=12)
    roots = {voice.pk: voice.pk for voice in session.voices.all()}
    with django_assert_num_queries(2) as queries:
        found = samples_of(session, roots)
    assert all(len(samples) == 3 for samples in found.values())
    assert len(found) == 12
    looked_at = queries.captured_queries[1]["sql"].split(" IN (")[1].split(")")[0].count(",") + 1
    assert looked_at <= 12 * 3 * 5


LINES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 60_000), st.integers(1, 20_000), st.floats(0, 1)), max_size=12
)


@given(LINES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_samples_are_at_most_three_clips_of_lines_of_their_voice_in_order(session, voices, lines):
    Segment.objects.filter(session=session).delete()
    for number, start_ms, length_ms, probability in lines:
        line(session, voices[number], start_ms, start_ms + length_ms, probability)
    found = samples_of(session, {voice.pk: voice.pk for voice in voices})
    for voice in voices:
        samples = found.get(voice.pk, ())
        there = session.segments.filter(voice=voice).count()
        assert len(samples) == min(3, there)
        assert [sample.start_ms for sample in samples] == sorted(sample.start_ms for sample in samples)
        assert len({sample.line for sample in samples}) == len(samples)
        for sample in samples:
            assert session.segments.get(uuid=sample.line).voice == voice
            assert 0 < sample.end_ms - sample.start_ms <= LONGEST_MS + 2 * ROOM_MS
