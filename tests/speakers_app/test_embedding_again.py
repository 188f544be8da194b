"""After the voice encoder changed, vectors are made again from the kept audio; until then nothing is compared."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from engine.errors import ModelMissing
from engine.fakes import FakeVoiceEncoder
from engine.identity import identify
from engine.values import Span
from engine.wav import write_wav
from sessions_app.errands.working import work
from sessions_app.models import Errand, ErrandKind, Session, State, Voice
from sessions_app.transcripts.voices import voice_names
from speakers_app import decisions
from speakers_app.embedding_again import embed_again_after_a_change, embed_again_where_needed
from speakers_app.errands import embed as embedding
from speakers_app.models import Speaker, Voiceprint
from tests.sessions_app.runs.fake_engine import FakeEngine
from tests.speakers_app.conftest import CLEAR, LINE_MS, MODEL, fill, sound_of

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "new-encoder"
PITCH = {"A": 150, "T": 400, "S": 650, "V": 900}


class OtherEncoder(FakeEngine):
    """Whose voice encoder is another one than that of the sessions."""

    def voice_encoder(self):
        return FakeVoiceEncoder(NEW)


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture(autouse=True)
def _calibrated(monkeypatch):
    monkeypatch.setattr(
        "speakers_app.matching.identify", partial(identify, find_calibration=_calibration(CLEAR))
    )


def _calibration(clear):
    new = replace(clear, model=NEW, centre=np.zeros(8, np.float32), nuisance=np.zeros((0, 8), np.float32))
    return lambda model: {MODEL: clear, NEW: new}[model]


def tone(person: str, ms: int) -> np.ndarray:
    at = np.arange(ms * 16) / 16_000
    return (np.sin(2 * np.pi * PITCH[person] * at) * 8000).astype(np.int16)


def with_sound(session: Session, people: str) -> Session:
    """Fills the session, and keeps prepared audio in which each person is a tone."""
    fill(session, people)
    name = f"{session.folder}/prepared-x.wav"
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    with write_wav(path) as writer:
        for person in people:
            writer.write(tone(person, LINE_MS))
    Session.objects.filter(pk=session.pk).update(audio_name=name)
    session.refresh_from_db()
    return session


@pytest.fixture
def first(campaign) -> Session:
    return with_sound(Session.objects.create(campaign=campaign, number=1), "ATSATS")


@pytest.fixture
def second(campaign, first) -> Session:
    return with_sound(Session.objects.create(campaign=campaign, number=2), "TAVTAV")


def names(session: Session) -> list[str]:
    called = voice_names(session)
    return [called[voice.pk].name for voice in session.voices.all()]


def models(session: Session) -> set[str]:
    return set(session.voices.values_list("embedding_model", flat=True))


def test_sessions_of_another_model_are_heard_again_each_in_one_go(first, second, editor):
    decisions.name_voice(first.voices.get(number=1), "Anna", editor)
    assert names(second)[1] == "Anna"
    assert embed_again_where_needed(NEW) == 2
    assert work(OtherEncoder(), "w") == 2
    assert models(first) == models(second) == {NEW}
    assert Voiceprint.objects.get().model == NEW
    assert names(first)[0] == names(second)[1] == "Anna"
    assert names(second)[0] == "Speaker 1"
    assert embed_again_where_needed(NEW) == 0


def test_models_are_not_compared_meanwhile(first, second, editor):
    decisions.name_voice(first.voices.get(number=1), "Anna", editor)
    embed_again_where_needed(NEW)
    Errand.objects.filter(session=second).update(state=State.CANCELLED)
    work(OtherEncoder(), "w")
    assert (models(first), models(second)) == ({NEW}, {MODEL})
    assert names(second)[1] == "Speaker 2"


def test_nothing_is_started_twice(first, second):
    assert embed_again_where_needed(NEW) == 2
    assert embed_again_where_needed(NEW) == 0


def test_what_failed_is_left_alone(first):
    default_storage.delete(first.audio_name)
    assert embed_again_where_needed(NEW) == 1
    work(OtherEncoder(), "w")
    assert Errand.objects.get().state == State.FAILED
    assert models(first) == {MODEL}
    assert embed_again_where_needed(NEW) == 0


def test_same_model_and_sessions_without_audio_are_left_alone(first, campaign):
    assert embed_again_where_needed(MODEL) == 0
    Session.objects.update(audio_name="")
    assert embed_again_where_needed(NEW) == 0


def test_text_read_aloud_is_heard_again(campaign, first, monkeypatch):
    monkeypatch.setattr("engine.vad.detect", _all_of_it)
    Speaker.objects.create(campaign=campaign, name="Anna")
    row = Voiceprint.objects.create(
        speaker=Speaker.objects.get(),
        vector=list(sound_of("A")),
        model=MODEL,
        speech_ms=9_000,
        audio_name=first.audio_name,
    )
    Voice.objects.all().delete()
    assert embed_again_where_needed(NEW) == 1
    assert Errand.objects.get().session is None
    work(OtherEncoder(), "w")
    row.refresh_from_db()
    assert (row.model, len(row.vector)) == (NEW, 8)


def _all_of_it(audio, config):
    return [Span(0, audio.duration_ms)]


def test_voice_that_changed_meanwhile_is_left_as_it_is(first, monkeypatch):
    outdated = embedding.outdated_voices
    forgotten = first.voices.get(number=1)

    def forgets(model_id, session):
        found = list(outdated(model_id, session))
        Voice.objects.filter(pk=forgotten.pk).update(embedding=None, embedding_model="")
        return found

    monkeypatch.setattr(embedding, "outdated_voices", forgets)
    embed_again_where_needed(NEW)
    work(OtherEncoder(), "w")
    forgotten.refresh_from_db()
    assert forgotten.embedding is None
    assert models(first) == {"", NEW}
    assert Errand.objects.get().kind == ErrandKind.EMBED


class Encoders(OtherEncoder):
    """Counts how often the encoder is asked for; without its model it can't be had."""

    def __init__(self, is_missing: bool = False) -> None:
        super().__init__()
        self.asked = 0
        self.is_missing = is_missing

    def voice_encoder(self):
        self.asked += 1
        if self.is_missing:
            raise ModelMissing("It is not here.")
        return super().voice_encoder()


def test_worker_finds_out_once_by_itself(first, monkeypatch):
    monkeypatch.setattr("speakers_app.embedding_again._checked", threading.Event())
    engine = Encoders()
    for _ in range(2):
        embed_again_after_a_change(engine)
    assert engine.asked == 1
    assert Errand.objects.get().session == first


def test_worker_loads_no_encoder_where_nothing_was_heard(campaign, monkeypatch):
    monkeypatch.setattr("speakers_app.embedding_again._checked", threading.Event())
    engine = Encoders()
    embed_again_after_a_change(engine)
    assert engine.asked == 0


def test_worker_without_the_model_goes_on(first, monkeypatch):
    monkeypatch.setattr("speakers_app.embedding_again._checked", threading.Event())
    embed_again_after_a_change(Encoders(is_missing=True))
    assert not Errand.objects.exists()


def test_command_says_how_many_were_started(first, monkeypatch, capsys):
    monkeypatch.setattr("speakers_app.management.commands.embed_again.get_engine", OtherEncoder)
    call_command("embed_again")
    assert "Tasks started: 1." in capsys.readouterr().out
    Errand.objects.update(state=State.FAILED)
    call_command("embed_again")
    assert "nothing left to start" in capsys.readouterr().out
