"""A second Run does only what changed."""

from __future__ import annotations

import pytest

from engine.fakes import FakeDiarizer
from sessions_app.errands.claiming import claim
from sessions_app.labels.asking import ask_to_label
from sessions_app.models import Character, Segment, State, Voice
from sessions_app.runs import start_run
from tests.sessions_app.runs.recordings import add_recording

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def done_anew(run) -> set[str]:
    run.refresh_from_db()
    assert run.state == State.DONE, [stage.detail for stage in run.stages.all()]
    return {stage.name for stage in run.stages.all() if not stage.reused}


@pytest.fixture
def processed(recorded, editor, process):
    start_run(recorded, editor)
    process()
    return recorded


def test_nothing_changed_does_nothing(processed, editor, process, engine):
    heard = len(engine.asr.chunks)
    lines = list(Segment.objects.values_list("pk", flat=True))
    run = start_run(processed, editor)
    process()
    assert done_anew(run) == set()
    assert len(engine.asr.chunks) == heard
    assert list(Segment.objects.values_list("pk", flat=True)) == lines


def test_another_language_transcribes_but_does_not_diarize(processed, editor, process):
    processed.language = "en"
    processed.save()
    run = start_run(processed, editor)
    process()
    assert done_anew(run) == {"transcribe", "align", "store", "classify", "index"}


def test_another_number_of_voices_diarizes_but_does_not_transcribe(processed, editor, process):
    processed.speakers_min = processed.speakers_max = 1
    processed.save()
    run = start_run(processed, editor)
    process()
    assert done_anew(run) == {"diarize", "align", "identify", "store", "classify", "index"}
    assert Voice.objects.filter(session=processed).count() == 1


def test_a_new_name_in_the_party_is_listened_for(processed, editor, process, engine):
    Character.objects.create(
        party=processed.campaign.party, name="Lyra", player_name="Anna", aliases=["the Fox"]
    )
    run = start_run(processed, editor)
    assert run.inputs["hotwords"] == ["Lyra", "the Fox", "Anna"]
    process()
    assert "transcribe" in done_anew(run)


def test_another_recording_does_everything_and_spans_both(processed, editor, process):
    processed.refresh_from_db()
    before, audio = processed.duration_ms, processed.audio_name
    add_recording(processed, "en_5s.flac")
    run = start_run(processed, editor)
    process()
    assert "prepare" in done_anew(run)
    processed.refresh_from_db()
    assert before + 4_000 < processed.duration_ms < before + 7_000
    assert not Segment.objects.first().session.recordings.filter(duration_ms=None).exists()
    assert processed.audio_name != audio


def test_prepared_audio_of_earlier_recordings_is_removed(processed, editor, process):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    processed.refresh_from_db()
    for half_written in (".prepared-1.wav.77.1.part", ".prepared-2.wav.x/0.wav"):
        default_storage.save(f"{processed.folder}/{half_written}", ContentFile(b"killed"))
    add_recording(processed, "en_5s.flac")
    start_run(processed, editor)
    process()
    folders, names = default_storage.listdir(processed.folder)
    assert (len(folders), len(names)) == (0, 1)


def test_a_lost_line_is_stored_again(processed, editor, process):
    Segment.objects.first().delete()
    run = start_run(processed, editor)
    process()
    assert "store" in done_anew(run)


def test_lost_prepared_audio_is_made_again(processed, editor, process):
    from django.core.files.storage import default_storage

    processed.refresh_from_db()
    default_storage.delete(processed.audio_name)
    run = start_run(processed, editor)
    process()
    assert done_anew(run) == {"prepare"}
    assert default_storage.exists(processed.audio_name)


def test_a_voice_that_is_heard_again_keeps_its_number_and_its_row(processed, editor, process, engine):
    first = {voice.number: voice.pk for voice in Voice.objects.filter(session=processed)}
    engine.voices = FakeDiarizer(voices=3)
    engine.voices.model_id = "another"
    run = start_run(processed, editor)
    process()
    assert "diarize" in done_anew(run)
    second = {voice.number: voice.pk for voice in Voice.objects.filter(session=processed)}
    assert len(second) == 3
    assert second[1] == first[1]
    assert all(second[number] == first[number] for number in first.keys() & second.keys())


def test_labelling_that_somebody_asked_for_gives_way_to_the_run(processed, editor, process):
    errand = ask_to_label(processed, editor, everything=True)
    assert claim("elsewhere:1") == errand
    Segment.objects.update(label="")
    run = start_run(processed, editor)
    process()
    done_anew(run)
    errand.refresh_from_db()
    assert errand.state == State.CANCELLED
    assert not Segment.objects.filter(label="").exclude(text="").exists()
