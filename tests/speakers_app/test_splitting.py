"""A voice that is two people comes apart, with voiceprints of their own, and together again."""

from __future__ import annotations

import io
import json
from collections import Counter

import numpy as np
import pytest
import soundfile
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from engine.fakes import FakeDiarizer
from sessions_app.errands.working import work
from sessions_app.models import Errand, Segment, Session, State, Voice
from speakers_app import decisions
from speakers_app.history import last_change, undo
from speakers_app.models import Change, Voiceprint
from speakers_app.splitting import CannotSplit, ask_to_split, outcome
from tests.sessions_app.runs.fake_engine import FakeEngine
from tests.speakers_app.conftest import LINE_MS, MODEL, fill
from tests.speakers_app.tones import tones

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "ATTAATATTS"
HEARD = "AAAAAAAAAS"
"""The machine took Tom for Anna throughout."""


@pytest.fixture(autouse=True)
def _no_worker_to_wake(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def engine(monkeypatch) -> FakeEngine:
    monkeypatch.setattr(FakeDiarizer, "model_id", MODEL)
    engine = FakeEngine()
    engine.voices = FakeDiarizer(voices=4)
    return engine


def make(campaign, people: str = PEOPLE, heard: str = HEARD) -> Session:
    session = fill(Session.objects.create(campaign=campaign, number=3), people, voices=heard)
    session.audio_name = tones(session, people, LINE_MS)
    session.save(update_fields=["audio_name"])
    return session


@pytest.fixture
def mixed(campaign) -> Session:
    return make(campaign)


def lines(session: Session, *positions: int) -> list[Segment]:
    return list(session.segments.filter(position__in=positions))


def said_by(session: Session) -> str:
    return "".join(str(line.voice.number) for line in session.segments.select_related("voice"))


def split(session: Session, *positions: int, user=None, engine: FakeEngine) -> Errand:
    task = ask_to_split(session, lines(session, *positions), user)
    work(engine, "here:1")
    task.refresh_from_db()
    return task


def test_lines_that_sound_like_those_pointed_out_go_with_them(mixed, editor, engine):
    task = split(mixed, 1, user=editor, engine=engine)
    assert (task.state, task.message) == (State.DONE, "")
    assert said_by(mixed) == "1331131332"
    assert task.total == 9
    change = last_change(mixed)
    assert (change.verb, change.user, change.subject) == ("split", editor, "Speaker 1")


def test_both_voices_get_vectors_of_their_own_lines(mixed, engine):
    split(mixed, 1, engine=engine)
    anna, tom = (mixed.voices.get(number=number) for number in (1, 3))
    assert int(np.argmax(anna.embedding)) == 0
    assert int(np.argmax(tom.embedding)) == 1
    assert np.linalg.norm(tom.embedding) == pytest.approx(1, abs=1e-4)
    assert (anna.speech_ms, tom.speech_ms) == (4 * 3500, 5 * 3500)
    assert {anna.embedding_model, tom.embedding_model} == {MODEL}
    assert (anna.talk_ms, tom.talk_ms) == (4 * 3500, 5 * 3500)


def test_voiceprints_follow(mixed, editor, engine):
    decisions.name_voice(mixed.voices.get(number=1), "Anna", editor)
    before = Voiceprint.objects.get().vector
    split(mixed, 1, engine=engine)
    after = Voiceprint.objects.get()
    assert after.vector == mixed.voices.get(number=1).embedding != before
    decisions.name_voice(mixed.voices.get(number=3), "Tom", editor)
    assert Voiceprint.objects.get(speaker__name="Tom").vector == mixed.voices.get(number=3).embedding


def test_undo_puts_lines_and_vectors_back(mixed, editor, engine):
    decisions.name_voice(mixed.voices.get(number=1), "Anna", editor)
    before = list(Voice.objects.order_by("pk").values()), Voiceprint.objects.get().vector, said_by(mixed)
    task = split(mixed, 1, engine=engine)
    undo(last_change(mixed))
    assert (
        list(Voice.objects.order_by("pk").values()),
        Voiceprint.objects.get().vector,
        said_by(mixed),
    ) == before
    assert outcome(task).name == ""


def test_page_can_tell_who_went_where_with_a_sample_of_each(mixed, engine):
    task = split(mixed, 1, engine=engine)
    told = outcome(task)
    assert (told.name, told.rest_name, told.moved) == ("Speaker 3", "Speaker 1", 5)
    assert not told.only_pointed_out
    assert str(told.change.uuid) == task.result["change"]
    assert [
        PEOPLE[mixed.segments.get(uuid=each.line).position] for each in (told.sample, told.rest_sample)
    ] == [
        "T",
        "A",
    ]


def test_where_all_lines_sound_alike_only_those_pointed_out_move(campaign, engine):
    alike = make(campaign, "AAAAAA", "AAAAAA")
    task = split(alike, 1, engine=engine)
    assert said_by(alike) == "121111"
    assert outcome(task).only_pointed_out


def test_merged_voices_are_split_as_the_one_they_are(campaign, engine):
    session = make(campaign, "ATTAAT", "AABBAA")
    decisions.merge(session.voices.get(number=2), session.voices.get(number=1), None)
    task = split(session, 1, engine=engine)
    assert task.state == State.DONE
    assert said_by(session) == "133213"
    vector = session.voices.get(number=2).embedding
    assert int(np.argmax(vector)) == 0


@pytest.mark.parametrize(("positions", "why"), [((0, 9), "one voice"), (tuple(range(9)), "all lines")])
def test_what_can_not_be_split_is_refused_at_once(mixed, positions, why):
    with pytest.raises(CannotSplit, match=why):
        ask_to_split(mixed, lines(mixed, *positions), None)
    assert not Errand.objects.exists()


def test_lines_of_nobody_are_refused(mixed):
    Segment.objects.filter(position=2).update(voice=None)
    with pytest.raises(CannotSplit, match="nobody"):
        ask_to_split(mixed, lines(mixed, 2), None)


def test_session_without_audio_is_refused(mixed):
    Session.objects.update(audio_name="")
    mixed.refresh_from_db()
    with pytest.raises(CannotSplit, match="no audio"):
        ask_to_split(mixed, lines(mixed, 1), None)


def moved_meanwhile(session: Session) -> None:
    decisions.move_lines(session, lines(session, 4), session.voices.get(number=2), None)


def processed_meanwhile(session: Session) -> None:
    fill(session, PEOPLE, voices=HEARD)


@pytest.mark.parametrize("meanwhile", [moved_meanwhile, processed_meanwhile])
def test_lines_that_changed_meanwhile_are_left_alone(mixed, engine, meanwhile):
    task = ask_to_split(mixed, lines(mixed, 1), None)
    meanwhile(mixed)
    before, changes = said_by(mixed), Change.objects.count()
    work(engine, "here:1")
    task.refresh_from_db()
    assert (task.state, task.retryable) == (State.FAILED, False)
    assert "Point out the lines again" in task.message
    assert (said_by(mixed), Change.objects.count()) == (before, changes)


def test_lines_that_change_while_they_are_listened_to_are_left_alone(mixed, engine, monkeypatch):
    def found_late(*_):
        moved_meanwhile(mixed)
        return frozenset({1})

    monkeypatch.setattr("speakers_app.errands.split.split_voice", found_late)
    task = split(mixed, 1, engine=engine)
    assert task.state == State.FAILED
    assert said_by(mixed) == "1111211112"
    assert mixed.voices.count() == 2


def test_vectors_of_another_model_are_never_mixed_in(mixed):
    task = ask_to_split(mixed, lines(mixed, 1), None)
    work(FakeEngine(), "here:1")
    task.refresh_from_db()
    assert task.state == State.FAILED
    assert "another model" in task.message
    assert said_by(mixed) == "1111111112"


def test_audio_that_is_gone_is_told(mixed, engine):
    default_storage.delete(mixed.audio_name)
    task = split(mixed, 1, engine=engine)
    assert task.state == State.FAILED
    assert "no longer in storage" in task.message


@pytest.mark.slow
def test_two_real_people_come_apart(campaign, shared_data):
    """Two people of a real mixture, all of whose turns were heard as one voice; two turns are pointed out."""
    from engine.diarization.builtin import BuiltinDiarizer

    name = "composed/meeting_en_5spk_quiet"
    turns = json.loads((shared_data / f"{name}.turns.json").read_text())
    session = Session.objects.create(campaign=campaign, number=4)
    samples, rate = soundfile.read(shared_data / f"{name}.flac", dtype="int16")
    assert rate == 16_000
    sound = io.BytesIO()
    soundfile.write(sound, samples, rate, format="WAV", subtype="PCM_16")
    session.audio_name = default_storage.save("real.wav", ContentFile(sound.getvalue()))
    session.save(update_fields=["audio_name"])
    people = [who for who, _ in Counter(turn["speaker"] for turn in turns).most_common(2)]
    voice = Voice.objects.create(session=session, number=1)
    said = [turn for turn in turns if turn["speaker"] in people]
    for at, turn in enumerate(said):
        Segment.objects.create(
            session=session,
            voice=voice,
            heard_voice=voice,
            position=at,
            start_ms=round(turn["start"] * 1000),
            end_ms=round(turn["end"] * 1000),
        )
    engine = FakeEngine()
    engine.voices = BuiltinDiarizer()
    pointed_out = [at for at, turn in enumerate(said) if turn["speaker"] == people[1]][:2]
    task = split(session, *pointed_out, engine=engine)
    assert task.state == State.DONE, task.detail
    right = total = 0
    for line, turn in zip(session.segments.select_related("voice"), said, strict=True):
        length = line.end_ms - line.start_ms
        total += length
        right += length * (line.voice.number == people.index(turn["speaker"]) + 1)
    assert right / total > 0.97
