"""A member reads a text aloud and is known from then on; what can't be learnt from is refused with what helps."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest
from django.core.files.storage import default_storage

from engine.errors import MediaRefused
from engine.fakes import FakeAudio
from engine.values import Diarization, Span, Turn, VoiceEmbedding
from sessions_app.errands.working import work
from sessions_app.models import Errand, ErrandKind, Language, Session, State
from sessions_app.transcripts.voices import voice_names
from speakers_app import enrolment
from speakers_app.errands import enrol as enrolling
from speakers_app.errands.enrol import ReadingUnfit, check_sound
from speakers_app.forgetting import forget
from speakers_app.models import Consent, Speaker, Voiceprint
from tests.sessions_app.runs.fake_engine import FakeEngine
from tests.speakers_app.conftest import MODEL, fill, sound_of

pytestmark = pytest.mark.django_db(transaction=True)

RATE = 16_000


class Hearing:
    """A diarizer that hears what it is told to: milliseconds of each voice, the first one Anna's."""

    model_id = "hearing"

    def __init__(self, *lengths_ms: int) -> None:
        self.lengths_ms = lengths_ms

    def diarize(self, audio, speech, speakers, on_progress):
        on_progress("diarize", 1, 1)
        turns = tuple(Turn(0, ms, voice) for voice, ms in enumerate(self.lengths_ms))
        embeddings = tuple(
            VoiceEmbedding(voice, sound_of("AT"[voice], 50), MODEL, ms)
            for voice, ms in enumerate(self.lengths_ms)
        )
        return Diarization(turns, embeddings)


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture(autouse=True)
def _everything_is_speech(monkeypatch):
    monkeypatch.setattr("engine.vad.detect", lambda audio, config: [Span(0, audio.duration_ms)])


def engine(*lengths_ms: int) -> FakeEngine:
    made = FakeEngine()
    made.voices = Hearing(*lengths_ms)
    return made


def sound(seconds: float = 10, level: float = 0.2) -> io.BytesIO:
    """A WAV of noise, as loud as people talk."""
    samples = np.random.default_rng(1).normal(size=int(seconds * RATE)) * level * 32767
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(np.clip(samples, -32767, 32767).astype("<i2").tobytes())
    file.seek(0)
    return file


def names(session: Session) -> list[str]:
    called = voice_names(session)
    return [called[voice.pk].name for voice in session.voices.all()]


def files() -> list[str]:
    try:
        (folder,) = default_storage.listdir("readings")[0]
    except (FileNotFoundError, ValueError):
        return []
    return default_storage.listdir(f"readings/{folder}")[1]


@pytest.fixture
def read(campaign, viewer) -> Errand:
    return enrolment.receive_reading(campaign, viewer, sound(), "reading.wav")


def test_there_is_a_text_of_half_a_minute_in_each_language(campaign):
    for language in Language:
        campaign.language = language
        assert 60 <= len(enrolment.text_to_read(campaign).split()) <= 80


def test_reading_is_agreeing_and_makes_the_member_a_person(read, campaign, viewer):
    speaker = Speaker.objects.get()
    assert (speaker.name, speaker.member, speaker.consent) == ("vera", viewer, Consent.GIVEN)
    assert (read.kind, read.state) == (ErrandKind.ENROL, State.WAITING)


@pytest.mark.slow
def test_voice_that_was_read_is_recognised(read, campaign):
    session = fill(Session.objects.create(campaign=campaign, number=1), "TA")
    assert work(engine(9_000), "w") == 1
    read.refresh_from_db()
    assert read.state == State.DONE
    voiceprint = Voiceprint.objects.get()
    assert (voiceprint.session, voiceprint.voice, voiceprint.speech_ms) == (None, None, 9_000)
    assert names(session) == ["Speaker 1", "vera"]
    assert files() == [voiceprint.audio_name.rpartition("/")[2]]
    with default_storage.open(voiceprint.audio_name) as kept:
        assert kept.read(4) == b"RIFF"


@pytest.mark.parametrize(
    ("lengths_ms", "words"),
    [
        ((4_900,), "Less than five seconds"),
        ((), "Less than five seconds"),
        ((8_000, 2_000), "More than one voice"),
    ],
)
def test_what_no_voice_can_be_learnt_from_is_refused_and_removed(read, lengths_ms, words):
    work(engine(*lengths_ms), "w")
    read.refresh_from_db()
    assert read.state == State.FAILED
    assert words in read.message
    assert not Voiceprint.objects.exists()
    assert files() == []


def test_cough_of_somebody_else_does_no_harm(read):
    work(engine(9_000, 500), "w")
    assert Voiceprint.objects.get().speech_ms == 9_000


def test_quiet_distorted_and_short_readings_are_told_apart():
    noise = np.random.default_rng(1).normal(size=10 * RATE).astype(np.float32)
    speech = [Span(0, 10_000)]
    check_sound(FakeAudio(noise * 0.1), speech)
    with pytest.raises(ReadingUnfit, match="hard to hear"):
        check_sound(FakeAudio(noise * 0.001), speech)
    with pytest.raises(ReadingUnfit, match="distorted"):
        check_sound(FakeAudio(np.clip(noise, -1, 1)), speech)
    with pytest.raises(ReadingUnfit, match="five seconds"):
        check_sound(FakeAudio(noise * 0.1), [Span(0, 4_000)])


def test_forgotten_while_it_is_learnt(read, monkeypatch):
    monkeypatch.setattr(enrolling, "_store", _forgets_first(enrolling._store))
    work(engine(9_000), "w")
    assert not Voiceprint.objects.exists()
    assert files() == []


def _forgets_first(store):
    def forgets_first(task, reading):
        forget(Speaker.objects.get())
        store(task, reading)

    return forgets_first


@pytest.mark.slow
def test_later_reading_takes_the_place_of_one_that_still_waits(read, campaign, viewer):
    again = enrolment.receive_reading(campaign, viewer, sound(11), "again.wav")
    assert Errand.objects.get() == again
    assert len(files()) == 1


def test_too_long_a_file_is_refused_before_anything_is_kept(campaign, viewer):
    with pytest.raises(MediaRefused, match="two minutes"):
        enrolment.receive_reading(campaign, viewer, sound(121, level=0.01), "reading.wav")
    assert files() == []
    assert not Speaker.objects.exists()


def test_what_is_no_sound_is_refused(campaign, viewer):
    with pytest.raises(MediaRefused):
        enrolment.receive_reading(campaign, viewer, io.BytesIO(b"#EXTM3U\nfile:///etc/passwd\n"), "list.wav")
    assert files() == []
    assert not Errand.objects.exists()


def test_end_of_the_campaign_takes_the_sound_along(read, campaign):
    work(engine(9_000), "w")
    assert len(files()) == 1
    campaign.delete()
    assert files() == []


@pytest.mark.slow
def test_real_voices_are_told_apart(shared_data, campaign, viewer, monkeypatch):
    """One person reading is learnt from; two people in one recording are not."""
    monkeypatch.undo()
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)
    import soundfile

    from engine.diarization.builtin import BuiltinDiarizer

    folder = shared_data / "librispeech-speakers"
    anna, tom = (
        np.concatenate([soundfile.read(path)[0] for path in sorted((folder / name).rglob("*.flac"))[:2]])
        for name in ("1688", "2414")
    )
    real = FakeEngine()
    real.voices = BuiltinDiarizer()
    for heard, state in (
        (anna[: 20 * RATE], State.DONE),
        (np.concatenate([anna[: 14 * RATE], tom[: 6 * RATE]]), State.FAILED),
    ):
        file = io.BytesIO()
        soundfile.write(file, heard, RATE, format="WAV", subtype="PCM_16")
        file.seek(0)
        task = enrolment.receive_reading(campaign, viewer, file, "reading.wav")
        work(real, "w")
        task.refresh_from_db()
        assert task.state == state, task.message
    assert "More than one voice" in task.message
