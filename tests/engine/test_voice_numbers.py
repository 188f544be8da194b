from hypothesis import given
from hypothesis import strategies as st

from engine.values import Diarization, Turn, VoiceEmbedding
from engine.voice_numbers import keep_numbers, match_voices, speaker_number


def diarized(*turns):
    voices = sorted({voice for _, _, voice in turns})
    return Diarization(
        tuple(Turn(*turn) for turn in turns),
        tuple(VoiceEmbedding(voice, (1.0, float(voice)), "model", 1000) for voice in voices),
    )


def test_second_speaker_stays_the_second_after_another_run():
    before = diarized((0, 1000, 0), (1000, 2000, 1), (2000, 3000, 2))
    after = diarized((0, 1050, 0), (1050, 1900, 2), (1900, 3000, 1))
    assert match_voices(before.turns, after.turns) == {0: 0, 2: 1, 1: 2}
    kept = keep_numbers(before, after)
    assert [turn.voice for turn in kept.turns] == [0, 1, 2]
    assert [(e.voice, e.vector[1]) for e in kept.embeddings] == [(0, 0.0), (1, 2.0), (2, 1.0)]


def test_new_voice_takes_a_number_never_used():
    before = diarized((0, 1000, 0), (1000, 2000, 3))
    after = diarized((0, 1000, 0), (1000, 2000, 1), (2000, 9000, 2))
    assert [turn.voice for turn in keep_numbers(before, after).turns] == [0, 3, 4]


def test_voice_that_was_split_stays_with_its_larger_part():
    before = diarized((0, 10_000, 0))
    after = diarized((0, 3000, 0), (3000, 10_000, 1))
    assert [turn.voice for turn in keep_numbers(before, after).turns] == [1, 0]


def test_voices_that_share_little_time_are_different_people():
    assert match_voices([Turn(0, 10_000, 0)], [Turn(9500, 20_000, 0)]) == {}


def test_nothing_before_keeps_everything():
    after = diarized((0, 1000, 0), (1000, 2000, 1))
    assert keep_numbers(Diarization((), ()), after) == after


def test_people_count_speakers_from_one():
    assert speaker_number(0) == 1


turns = st.lists(
    st.tuples(st.integers(0, 50_000), st.integers(1, 5000), st.integers(0, 5)).map(
        lambda t: Turn(t[0], t[0] + t[1], t[2])
    ),
    max_size=15,
).map(lambda found: Diarization(tuple(sorted(found)), ()))


@given(turns, turns)
def test_numbers_change_but_never_the_times_or_who_is_together(before, after):
    kept = keep_numbers(before, after)
    assert sorted((t.start_ms, t.end_ms) for t in kept.turns) == sorted(
        (t.start_ms, t.end_ms) for t in after.turns
    )
    assert len(kept.voices) == len(after.voices)


@given(turns)
def test_same_diarization_keeps_its_numbers(found):
    overlapping = any(
        a.voice != b.voice and a.start_ms < b.end_ms and b.start_ms < a.end_ms
        for a in found.turns
        for b in found.turns
    )
    if not overlapping:
        assert keep_numbers(found, found).turns == found.turns
