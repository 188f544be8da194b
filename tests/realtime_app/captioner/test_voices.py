"""The engine's voices and the rows that people name stay in step."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import numpy as np
import pytest

from engine.calibration import calibration_for
from engine.identity import identify
from engine.live.values import Final, Piece, Relabel
from engine.values import Word
from realtime_app.captioner import voices as voices_module
from realtime_app.captioner.storing import store_final
from realtime_app.captioner.voices import COMPARE_EVERY_S, LISTEN_EVERY_S, SessionVoices
from realtime_app.models import Capture
from sessions_app.models import Segment, Session, Voice
from sessions_app.voice_book import voice_book
from speakers_app.decisions import merge, move_lines, name_voice
from tests.realtime_app.captioner.fake_voices import FakeVoices
from tests.speakers_app.conftest import CLEAR, MODEL, sound_of

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _fake(monkeypatch):
    monkeypatch.setattr("engine.live.voices.LiveVoices", FakeVoices)
    known = partial(identify, find_calibration=lambda name: CLEAR if name == MODEL else calibration_for(name))
    monkeypatch.setattr("speakers_app.matching.identify", known)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def capture(session) -> Capture:
    return Capture.objects.create(session=session, key="one")


@pytest.fixture
def voices(session, clock) -> SessionVoices:
    return SessionVoices(session, None, clock)


def say(capture: Capture, voices: SessionVoices, number: int | None, text: str = "so") -> Segment:
    at = capture.captioned_to // 16
    piece = Piece(uuid4(), at, at + 500, (Word(at, at + 500, text, 0.9),), number)
    final = Final(piece.id, at, at + 500, (piece,), capture.captioned_to + 16_000)
    with voices.storing():
        (line,) = store_final(capture, final, voices.row)
    return line


def heard_as(line: Segment) -> tuple[int | None, int | None]:
    line.refresh_from_db()
    return (
        line.voice.number if line.voice else None,
        line.heard_voice.number if line.heard_voice else None,
    )


def test_a_voice_has_a_row_from_its_first_line_on(capture, voices):
    first, second = say(capture, voices, 1), say(capture, voices, 1)
    assert first.voice == second.voice
    assert list(Voice.objects.values_list("number", "talk_ms")) == [(1, 1000)]


def test_numbers_are_given_out_once_and_never_one_that_is_taken(session, voices):
    Voice.objects.create(session=session, number=4)
    assert [voices.live.free_number() for _ in range(3)] == [5, 6, 7]


def test_a_voice_whose_number_a_person_took_meanwhile_gets_another_row(session, capture, voices, editor):
    number = voices.live.free_number()
    said = say(capture, voices, None)
    move_lines(session, [said], None, editor)
    assert Voice.objects.get().number == number
    line = say(capture, voices, number)
    assert line.voice.number == 2
    assert say(capture, voices, number).voice == line.voice


def test_a_row_that_was_not_committed_is_made_again(capture, voices):
    def fail() -> None:
        with voices.storing():
            voices.row(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    Voice.objects.all().delete()
    say(capture, voices, 1)
    assert list(Voice.objects.values_list("number", flat=True)) == [1]


def test_a_row_that_a_run_removed_is_made_again(capture, voices):
    say(capture, voices, 1)
    Segment.objects.all().delete()
    Voice.objects.all().delete()
    assert say(capture, voices, 1).voice.number == 1


def test_embeddings_are_stored_once_their_voice_has_a_row(capture, voices):
    voices.live.hears(1, sound_of("a"))
    voices.follow()
    assert not Voice.objects.exists()
    say(capture, voices, 1)
    voices.follow()
    row = Voice.objects.get()
    assert (row.embedding, row.embedding_model, row.speech_ms) == (list(sound_of("a")), MODEL, 9000)


def test_a_captioner_that_takes_over_knows_the_voices_and_their_numbers(session, capture, voices, editor):
    for number, who in ((1, "a"), (2, "b"), (3, "c")):
        say(capture, voices, number)
        voices.live.hears(number, sound_of(who))
    voices.follow()
    merge(Voice.objects.get(number=3), Voice.objects.get(number=1), editor)
    other = SessionVoices(session, None)
    assert other.live.heard == {1, 2}
    assert other.live.merges == [(3, 1)]
    assert say(capture, other, 2).voice.number == 2


def test_known_people_are_named_and_open_pages_told(campaign, capture, voices, clock, editor, monkeypatch):
    told = []
    monkeypatch.setattr(voices_module, "transcript_changed", told.append)
    earlier = Session.objects.create(campaign=campaign, number=2)
    known = Voice.objects.create(
        session=earlier, number=1, embedding=list(sound_of("a")), embedding_model=MODEL, speech_ms=60_000
    )
    name_voice(known, "Anna", editor)
    say(capture, voices, 1)
    voices.live.hears(1, sound_of("a", take=2))
    voices.follow()
    row = Voice.objects.get(session=capture.session)
    assert voice_book().names([row])[row.pk].name == "Anna"
    assert told == [capture.session]
    voices.live.hears(1, sound_of("a", take=3))
    voices.follow()
    clock.now += COMPARE_EVERY_S
    voices.follow()
    assert told == [capture.session]


def test_names_are_compared_at_most_every_few_seconds(capture, voices, clock, monkeypatch):
    compared = []
    monkeypatch.setattr(voices_module, "compare", lambda *of: compared.append(of) or set())
    say(capture, voices, 1)
    for take in range(3):
        voices.live.hears(1, sound_of("a", take))
        voices.follow()
    assert len(compared) == 1
    clock.now += COMPARE_EVERY_S
    voices.follow()
    voices.follow()
    assert len(compared) == 2


def test_a_line_gets_its_better_voice_and_talk_time_follows(capture, voices):
    line = say(capture, voices, 1)
    say(capture, voices, 1)
    voices.live.relabels.append(Relabel(line.uuid, 2))
    assert voices.follow() == [line]
    assert heard_as(line) == (2, 2)
    assert list(Voice.objects.values_list("number", "talk_ms")) == [(1, 500), (2, 500)]


def test_a_line_without_a_voice_gets_one_later(capture, voices):
    line = say(capture, voices, None)
    voices.live.relabels.append(Relabel(line.uuid, 1))
    voices.follow()
    assert heard_as(line) == (1, 1)


def test_what_a_person_moved_is_not_moved_by_the_machine(session, capture, voices, editor):
    line = say(capture, voices, 1)
    say(capture, voices, 2)
    move_lines(session, [line], Voice.objects.get(number=2), editor)
    voices.live.relabels.append(Relabel(line.uuid, 3))
    assert voices.follow() == []
    assert heard_as(line) == (2, 1)


def test_a_voice_that_has_no_line_any_more_is_gone_unless_a_person_named_it(capture, voices, editor):
    first, second = say(capture, voices, 1), say(capture, voices, 2)
    say(capture, voices, 3)
    name_voice(second.voice, "Anna", editor)
    voices.live.relabels += [Relabel(first.uuid, 3), Relabel(second.uuid, 3)]
    voices.follow()
    assert list(Voice.objects.values_list("number", flat=True)) == [2, 3]
    assert say(capture, voices, 1).voice.number == 1


def test_relabels_wait_for_a_database_that_failed(capture, voices, monkeypatch):
    line = say(capture, voices, 1)
    voices.live.relabels.append(Relabel(line.uuid, 2))
    with monkeypatch.context() as broken:
        broken.setattr(voices_module, "hold", lambda session: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            voices.follow()
    assert voices.follow() == [line]


def test_the_engine_hears_of_what_people_decide(session, capture, voices, clock, editor):
    first = say(capture, voices, 1)
    second = say(capture, voices, 2)
    clock.now += LISTEN_EVERY_S
    voices.listen()
    assert (voices.live.merges, voices.live.pins) == ([], {})
    move_lines(session, [first], None, editor)
    merge(second.voice, first.voice, editor)
    voices.listen()
    assert (voices.live.merges, voices.live.pins) == ([], {})
    clock.now += LISTEN_EVERY_S
    voices.listen()
    voices.listen(at_once=True)
    assert voices.live.merges == [(2, 1)]
    assert voices.live.pins == {first.uuid: 3}
    move_lines(session, [first], Voice.objects.get(number=1), editor)
    voices.listen(at_once=True)
    assert voices.live.pins == {first.uuid: 3}


def test_the_engine_hears_of_people_who_become_known(capture, voices, clock, editor):
    assert voices.live.known == []
    say(capture, voices, 1)
    voices.live.hears(1, sound_of("a"))
    voices.follow()
    name_voice(Voice.objects.get(), "Anna", editor)
    voices.listen(at_once=True)
    (person,) = voices.live.known
    assert np.allclose(person.prints[0].vector, sound_of("a"))
