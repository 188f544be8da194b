"""Starting, cancelling and trying again."""

from __future__ import annotations

import pytest

from engine.errors import ModelMissing
from engine.values import no_progress
from sessions_app.models import Run, Segment, Session, State, Task
from sessions_app.runs import cancel_run, retry_run, start_run
from sessions_app.runs.claiming import claim, finish, keep
from sessions_app.runs.inputs import RunInputs
from sessions_app.runs.work import ClaimLost, Work
from sessions_app.runs.working import perform
from tests.sessions_app.runs.recordings import add_recording

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def state_of(run, stage):
    return run.stages.get(name=stage).state


def test_starting_twice_is_starting_once(recorded, editor, owner):
    assert start_run(recorded, editor) == start_run(recorded, owner)
    assert Run.objects.count() == 1


def test_a_new_recording_takes_the_place_of_a_run_under_way(recorded, editor, process):
    first = start_run(recorded, editor)
    add_recording(recorded, "en_5s.flac")
    second = start_run(recorded, editor)
    first.refresh_from_db()
    assert first.state == State.CANCELLED
    process()
    second.refresh_from_db()
    assert second.state == State.DONE


def test_starting_issues_a_ticket_once_it_is_certain(recorded, editor, tickets):
    start_run(recorded, editor)
    assert tickets == [1]


def test_a_cancelled_run_gives_its_workers_nothing_more(recorded, editor):
    run = start_run(recorded, editor)
    task = claim("here:1")
    assert cancel_run(run)
    assert not keep(task, "prepare", 1, 2)
    with pytest.raises(ClaimLost):
        finish(task, "f", {}, reused=False)
    assert claim("here:1") is None
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert {stage.state for stage in run.stages.all()} == {State.CANCELLED}


def test_a_session_deleted_under_a_worker_ends_its_work_quietly(recorded, editor, engine):
    run = start_run(recorded, editor)
    task = claim("here:1")
    recorded.delete()
    with pytest.raises(ClaimLost):
        Work(task, RunInputs.from_json(run.inputs), engine, no_progress).hold()
    with pytest.raises(ClaimLost):
        finish(task, "f", {}, reused=False)


def test_a_run_that_ended_cannot_be_cancelled(recorded, editor, process):
    run = start_run(recorded, editor)
    process()
    assert not cancel_run(run)
    run.refresh_from_db()
    assert run.state == State.DONE


def test_a_cancelled_run_goes_on_where_it_was(recorded, editor, process, engine):
    run = start_run(recorded, editor)
    for _ in range(2):
        perform(claim("here:1"), engine)
    cancel_run(run)
    again = retry_run(Run.objects.get(pk=run.pk), editor)
    assert again == run
    assert state_of(run, "detect") == State.DONE
    process()
    run.refresh_from_db()
    assert run.state == State.DONE


def test_a_run_that_waits_to_begin_can_be_cancelled_and_go_on(recorded, editor, process):
    run = start_run(recorded, editor)
    cancel_run(run)
    retry_run(Run.objects.get(pk=run.pk), editor)
    process()
    run.refresh_from_db()
    assert run.state == State.DONE


def test_a_missing_model_fails_its_stage_alone_and_says_so(recorded, editor, process, engine, monkeypatch):
    def missing(on_progress):
        raise ModelMissing("The speech model is not here.", detail="asked the hub")

    monkeypatch.setattr(engine, "choose_asr", missing)
    run = start_run(recorded, editor)
    process()
    run.refresh_from_db()
    stage = run.stages.get(name="transcribe")
    assert run.state == State.FAILED
    assert (stage.state, stage.message, stage.retryable) == (
        State.FAILED,
        "The speech model is not here.",
        True,
    )
    assert "asked the hub" in stage.detail
    assert state_of(run, "diarize") == State.DONE
    assert state_of(run, "align") == State.WAITING

    monkeypatch.undo()
    failed_at = run.finished_at
    retry_run(run, editor)
    process()
    run.refresh_from_db()
    assert run.state == State.DONE
    assert run.started_at > failed_at, "the time between the failure and trying again is no time of the Run"
    assert Segment.objects.filter(session=recorded).exists()
    assert state_of(run, "transcribe") == State.DONE
    assert run.stages.get(name="transcribe").message == ""


def test_an_unexpected_failure_tells_people_little_and_operators_all(recorded, editor, process, engine):
    def broken(*args):
        raise RuntimeError("the roof is on fire")

    engine.asr.transcribe = broken
    run = start_run(recorded, editor)
    process()
    stage = run.stages.get(name="transcribe")
    assert "fire" not in stage.message
    assert "the roof is on fire" in stage.detail


def test_trying_again_with_other_settings_starts_afresh(recorded, editor, process):
    run = start_run(recorded, editor)
    cancel_run(run)
    recorded.language = "en"
    recorded.save()
    again = retry_run(run, editor)
    assert again != run
    assert again.inputs["language"] == "en"


def test_a_recording_that_is_no_audio_fails_at_prepare(session, editor, process):
    recording = add_recording(session, "en_5s.flac")
    recording.file.storage.delete(recording.file.name)
    run = start_run(session, editor)
    process()
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "storage" in run.stages.get(name="prepare").message
    assert not run.stages.get(name="prepare").retryable


def test_silence_is_a_whole_run_without_lines(session, editor, process):
    import hashlib

    import numpy as np
    import soundfile
    from django.core.files.base import ContentFile

    recording = add_recording(session, "en_5s.flac")
    path = recording.file.storage.path(recording.file.name)
    soundfile.write(path, np.zeros(16_000 * 4, dtype=np.float32), 16_000)
    recording.sha256 = hashlib.sha256(ContentFile(b"x").read()).hexdigest()
    recording.save()
    run = start_run(session, editor)
    process()
    run.refresh_from_db()
    assert run.state == State.DONE, [stage.detail for stage in run.stages.all()]
    assert not Segment.objects.filter(session=session).exists()
    assert not Task.objects.filter(stage__name="transcribe").exists()


def test_runs_share_workers_fairly(campaign, editor, engine):
    sessions = [Session.objects.create(campaign=campaign, number=n, language="en") for n in (2, 3)]
    for session in sessions:
        add_recording(session)
        start_run(session, editor)
    for _ in range(4):  # prepare and detect of both
        perform(claim("here:1"), engine)
    assert all(run.stages.get(name="detect").state == State.DONE for run in Run.objects.all())
    taken = [claim(f"here:{number}").stage.run_id for number in range(4)]
    assert taken[0] != taken[1]
    assert taken[2] != taken[3]


def test_one_worker_brings_text_first_and_a_second_begins_with_the_voices(recorded, editor, engine):
    start_run(recorded, editor)
    for _ in range(2):
        perform(claim("here:1"), engine)
    assert claim("here:1").stage.name == "transcribe"
    assert claim("here:2").stage.name == "diarize"
    assert claim("here:3").stage.name == "transcribe"


def test_two_workers_never_get_the_same_task(recorded, editor):
    start_run(recorded, editor)
    assert claim("here:1") is not None
    assert claim("here:2") is None
