"""Who speaks, told utterance by utterance, at a table of people whose sound is a number each."""

from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.live.grouping import GroupConfig
from engine.live.values import HeardVoice
from engine.live.voices_config import LiveVoicesConfig
from engine.values import VoiceEmbedding, Word
from tests.engine.live.table import MODEL, VECTORS, Ears, Table, known

MINUTE = 60_000
HOUR = 60 * MINUTE


@pytest.fixture(autouse=True)
def _words_are_all_speech(monkeypatch):
    """Keeps the detector of human speech away from sounds that are none."""
    monkeypatch.setattr("engine.live.recent.detect", lambda _audio, _edges: [])


class Deaf(Ears):
    """Hears the same in everything, silence too."""

    def embed(self, samples):
        return VECTORS[0]


def test_everybody_gets_a_number_and_keeps_it():
    table = Table()
    order = [0, 1, 0, 2, 1, 2, 0, 3, 1, 3]
    assert [table.voice((person, 10)) for person in order] == [person + 1 for person in order]
    assert table.voices.news()[1] == ()


def test_utterance_is_split_where_the_voice_changes():
    table = Table()
    table.say((0, 12))
    table.say((1, 12))
    first, second = table.say((0, 10), (1, 10))
    assert (first.voice, second.voice) == (1, 2)
    assert abs(len(first.words) - 10) <= 1
    assert (first.id, second.id) == (UUID(int=3), uuid5(UUID(int=3), "1"))
    assert first.end_ms == second.start_ms


def test_nothing_said_is_no_line():
    assert Table().voices.place(Table(), UUID(int=1), []) == ()


def test_an_utterance_that_failed_can_be_tried_again(monkeypatch):
    table = Table()
    table.say((0, 12))
    with monkeypatch.context() as failing:
        failing.setattr("engine.live.voices.assign", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            table.say((1, 12))
    assert [piece.voice for piece in table.say((1, 12))] == [2]
    assert len(table.voices._roll.recent) == 2


def test_words_without_any_audio_are_nobodys():
    (piece,) = Table().voices.place(Table(), UUID(int=1), [Word(0, 900, "hm", 0.2)])
    assert (piece.id, piece.voice) == (UUID(int=1), None)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12)), min_size=1, max_size=4),
        min_size=1,
        max_size=6,
    )
)
def test_no_word_is_lost_and_ids_are_never_reused(evening):
    table = Table()
    pieces = [piece for said in evening for piece in table.say(*said)]  # say() compares the words
    assert len({piece.id for piece in pieces}) == len(pieces)
    assert all(piece.voice is None or piece.voice >= 1 for piece in pieces)


def test_little_speech_makes_no_voice_until_there_is_more():
    table = Table()
    assert table.voice((0, 2)) is None
    assert table.voices.news() == ((), ())
    assert table.voice((0, 10)) == 1
    (heard,), (relabel,) = table.voices.news()
    assert heard.number == 1
    assert (relabel.line, relabel.voice) == (UUID(int=1), 1)


def test_short_word_of_a_stranger_is_nobodys_rather_than_anybodys():
    table = Table()
    table.say((0, 12))
    table.say((1, 12))
    assert table.voice((5, 2)) is None
    assert table.voice((1, 2)) == 2


def test_line_of_more_than_two_minutes_ago_stands():
    table = Table()
    table.voice((0, 2), now_ms=1_000)
    assert table.voice((0, 10), now_ms=1_000 + 2 * MINUTE + 1) == 1
    assert table.voices.news()[1] == ()


def test_voice_is_told_when_it_changes_only():
    table = Table()
    table.say((0, 10))
    (first,), _ = table.voices.news()
    assert first.embedding.model == MODEL
    assert first.embedding.speech_ms == 4_000
    assert table.voices.news() == ((), ())
    table.say((0, 10))
    assert [voice.embedding.speech_ms for voice in table.voices.news()[0]] == [8_000]
    for _ in range(30):
        table.say((0, 10))
    assert table.voices.news()[0]
    table.say((0, 10))
    assert table.voices.news()[0] == ()


def test_voices_are_known_again_after_hours_though_only_sums_are_kept():
    table = Table()
    for person in (0, 1, 2):
        table.say((person, 15), now_ms=MINUTE)
    for hour in range(1, 5):
        for person in (2, 0, 1):
            assert table.voice((person, 8), now_ms=hour * HOUR) == person + 1


def test_what_is_kept_does_not_grow_with_the_evening():
    table = Table()
    kept = []
    for minute in range(40):
        table.say((minute % 3, 10), now_ms=minute * MINUTE)
        kept.append(len(table.voices._roll.recent))
    assert max(kept) == kept[-1] == 4


@pytest.mark.parametrize(
    "times", [(0, 0), (500, 500), (3_900, 4_300), (4_000, 4_400), (9_000, 9_500), (0, 9_000)]
)
def test_words_at_times_that_cannot_be_are_lines_all_the_same(times):
    table = Table()
    table.say((0, 8))
    (piece,) = table.voices.place(table, UUID(int=9), [Word(*times, "hm", 0.2)])
    assert (piece.start_ms, piece.end_ms) == times
    assert table.voice((0, 8)) == 1


def test_two_captures_share_their_voices():
    table, other = Table(), Table()
    other.voices = table.voices
    other.names = (UUID(int=100 + i) for i in range(9))
    assert table.voice((0, 10), now_ms=10_000) == 1
    assert other.voice((1, 10), now_ms=11_000) == 2
    assert other.voice((0, 10), now_ms=16_000) == 1
    assert table.voice((1, 10), now_ms=15_000) == 2


def test_numbers_are_asked_for():
    numbers = iter([4, 9])
    table = Table(free_number=lambda: next(numbers))
    assert [table.voice((person, 10)) for person in (0, 1, 0)] == [4, 9, 4]


def test_session_goes_on_with_the_voices_it_had():
    before = Table()
    for person in (0, 1, 2):
        before.say((person, 12))
    heard, _ = before.voices.news()
    after = Table(heard=heard)
    assert [after.voice((person, 10)) for person in (2, 0, 1, 3)] == [3, 1, 2, 4]
    assert [voice.number for voice in after.voices.news()[0]] == [1, 2, 3, 4]


def test_first_words_after_a_restart_wait_until_it_is_clear_whose_they_are():
    before = Table()
    for person in (0, 1, 2):
        before.say((person, 12))
    heard, _ = before.voices.news()
    after = Table(heard=heard)
    assert after.voice((1, 2)) is None
    assert after.voice((1, 10)) == 2
    assert [(one.line, one.voice) for one in after.voices.news()[1]] == [(UUID(int=1), 2)]


def test_voice_of_another_model_keeps_its_number_to_itself():
    stranger = HeardVoice(3, VoiceEmbedding(3, tuple(VECTORS[0].tolist()), "another", 60_000))
    table = Table(heard=[stranger])
    assert table.voice((0, 10)) == 4


def test_known_people_are_one_voice_each_even_where_ears_hear_one():
    alike = VECTORS.copy()
    alike[1] = 0.43 * VECTORS[0] + 0.903 * VECTORS[1]
    loose = LiveVoicesConfig(group=GroupConfig(same_cosine=0.4, join_cosine=0.4))
    stranger = Table(ears=Ears(faces=alike), config=loose)
    assert {stranger.voice((person, 10)) for person in (0, 1, 0, 1)} == {1}
    table = Table(ears=Ears(faces=alike), config=loose, known=[known(0), known(1)])
    assert [table.voice((person, 10)) for person in (0, 1, 0, 1)] == [1, 2, 1, 2]


def test_person_who_becomes_known_meanwhile_keeps_their_voice():
    table = Table()
    assert [table.voice((person, 10)) for person in (0, 1)] == [1, 2]
    table.voices.know([known(1), known(0)])
    assert [table.voice((person, 10)) for person in (0, 1, 0)] == [1, 2, 1]
    table.voices.know([])
    assert [table.voice((person, 10)) for person in (0, 1, 0)] == [1, 2, 1]


def test_merged_voices_are_one_from_now_on():
    table = Table()
    table.say((0, 10))
    table.say((1, 10))
    table.voices.news()
    table.voices.merge(2, 1)
    assert table.voices.news()[1] == ()
    assert table.voice((1, 10)) == 1
    assert table.voice((0, 10)) == 1
    assert table.voice((1, 10), now_ms=HOUR) == 1
    table.voices.merge(2, 1)
    assert table.voice((2, 10)) == 3


def test_line_that_a_person_moved_stays_and_teaches():
    table = Table()
    table.say((0, 10))
    table.say((1, 10))
    table.voices.pin(UUID(int=2), 7)
    assert table.voice((1, 10)) == 7
    table.voices.pin(UUID(int=1), None)
    for _ in range(3):
        table.say((0, 10))
    assert UUID(int=1) not in {relabel.line for relabel in table.voices.news()[1]}
    table.voices.pin(UUID(int=999), 1)


@pytest.mark.parametrize(
    "nonsense", [{"relabel_ms": 200_000}, {"crop_ms": -1}, {"person_score": 1.5}, {"keep_ms": 0}]
)
def test_config_refuses_nonsense(nonsense):
    with pytest.raises(ValueError, match=r"."):
        LiveVoicesConfig(**nonsense)


def test_silence_that_was_taken_for_words_is_nobodys():
    table = Table(ears=Deaf())
    table.wait(9_000)
    words = [Word(at, at + 400, "hm", 0.2) for at in range(1_000, 5_000, 400)]
    (piece,) = table.voices.place(table, UUID(int=1), words)
    assert piece.voice is None
    assert table.voices.news() == ((), ())
