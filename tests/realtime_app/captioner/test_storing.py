"""Lines of captures are stored exactly once, and never behind a Run's back."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from engine.live.values import Final, Piece
from engine.values import Word
from realtime_app.captioner.storing import Superseded, is_in_a_run, leave_to_run, store_final, store_silence
from realtime_app.models import Capture, CaptureState
from sessions_app.models import Recording, Run, Segment, Stage, StageName, State, Tier, Voice

pytestmark = pytest.mark.django_db


@pytest.fixture
def capture(session) -> Capture:
    return Capture.objects.create(session=session, key="one", offset_ms=10_000, held=160_000)


def piece(text: str, start_ms: int, voice: int | None = None) -> Piece:
    words = tuple(
        Word(start_ms + 200 * i, start_ms + 200 * i + 150, word, 0.87654)
        for i, word in enumerate(text.split())
    )
    return Piece(uuid4(), start_ms, words[-1].end_ms, words, voice)


def final(*pieces: Piece, settled: int) -> Final:
    start, end = (pieces[0].start_ms, pieces[-1].end_ms) if pieces else (0, 0)
    return Final(pieces[0].id if pieces else uuid4(), start, end, pieces, settled)


def voice_of(session):
    def row(number: int) -> Voice:
        return Voice.objects.get_or_create(session=session, number=number)[0]

    return row


def of(capture: Capture) -> Capture:
    """The capture as another captioner that looks now knows it."""
    return Capture.objects.select_related("session").get(pk=capture.pk)


def finish(capture: Capture, uuid: UUID | None = None) -> None:
    """Makes a recording of it, or says that it is the same as another one."""
    recording = Recording.objects.create(
        uuid=uuid or capture.uuid, session=capture.session, file="x.wav", size=1, sha256="0" * 64
    )
    Capture.objects.filter(pk=capture.pk).update(state=CaptureState.FINISHED, recording=recording)


def run_that_heard(capture: Capture, state: str) -> Run:
    run = Run.objects.create(
        session=capture.session, inputs={"recordings": [{"uuid": str(capture.uuid)}]}, state=State.RUNNING
    )
    Stage.objects.create(run=run, name=StageName.STORE, state=state)
    return run


def test_a_final_becomes_lines_in_the_time_of_the_session(capture):
    said = final(piece("we open", 1000, voice=1), piece("no", 2000, voice=2), settled=40_000)
    store_final(capture, said, voice_of(capture.session))
    first, second = Segment.objects.filter(session=capture.session)
    assert (first.position, first.text, first.start_ms, first.end_ms) == (0, "we open", 11_000, 11_350)
    assert first.words == [[11_000, 11_150, "we", 0.877], [11_200, 11_350, "open", 0.877]]
    assert (first.tier, first.capture, first.run) == (Tier.FINAL, capture.uuid, None)
    assert first.uuid == said.utterance
    assert (first.voice.number, second.heard_voice.number, second.position) == (1, 2, 1)
    assert list(capture.session.voices.values_list("talk_ms", flat=True)) == [350, 150]
    assert capture.captioned_to == of(capture).captioned_to == 40_000


def test_lines_of_two_captures_follow_each_other(capture):
    other = Capture.objects.create(session=capture.session, key="two")
    rows = voice_of(capture.session)
    for each, settled in ((capture, 1), (other, 2), (capture, 3)):
        store_final(each, final(piece("so", 0), settled=settled), rows)
    assert list(Segment.objects.values_list("position", "voice")) == [(0, None), (1, None), (2, None)]


def test_nothing_is_stored_by_who_does_not_know_how_far_it_is(capture):
    slow, quick = of(capture), of(capture)
    store_final(quick, final(piece("we open", 0), settled=40_000), voice_of(capture.session))
    with pytest.raises(Superseded):
        store_final(slow, final(piece("we open", 0), settled=40_000), voice_of(capture.session))
    with pytest.raises(Superseded):
        store_silence(slow, 41_000)
    assert Segment.objects.count() == 1
    assert of(capture).captioned_to == 40_000


def test_a_failure_half_way_leaves_neither_line_nor_progress(capture):
    def fails(number: int) -> Voice:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store_final(capture, final(piece("we", 0), piece("open", 1000, voice=1), settled=40_000), fails)
    assert not Segment.objects.exists()
    assert capture.captioned_to == of(capture).captioned_to == 0


def test_a_final_without_words_moves_on_alone(capture):
    assert store_final(capture, final(settled=5_000), voice_of(capture.session)) == []
    store_silence(capture, 9_000)
    assert of(capture).captioned_to == 9_000


@pytest.mark.parametrize(
    "fields", [{"state": CaptureState.DISCARDED}, {"captioned": False}], ids=["discarded", "not captioned"]
)
def test_nothing_is_stored_of_what_nobody_wants(capture, fields):
    Capture.objects.filter(pk=capture.pk).update(**fields)
    with pytest.raises(Superseded):
        store_final(capture, final(piece("we", 0), settled=1), voice_of(capture.session))


def test_nothing_is_stored_of_what_is_gone(capture):
    Capture.objects.filter(pk=capture.pk).delete()
    with pytest.raises(Superseded):
        store_final(capture, final(piece("we", 0), settled=1), voice_of(capture.session))


@pytest.mark.parametrize("state", [State.RUNNING, State.DONE])
def test_no_live_line_comes_behind_those_of_the_run(capture, state):
    finish(capture)
    run_that_heard(capture, state)
    with pytest.raises(Superseded):
        store_final(capture, final(piece("we", 0), settled=1), voice_of(capture.session))
    assert not Segment.objects.exists()
    assert of(capture).captioned_to == 0


@pytest.mark.parametrize("state", [State.WAITING, State.FAILED, State.CANCELLED])
def test_lines_are_stored_while_the_run_may_yet_replace_them(capture, state):
    finish(capture)
    run_that_heard(capture, state)
    store_final(capture, final(piece("we", 0), settled=1), voice_of(capture.session))
    assert Segment.objects.count() == 1


def test_a_device_that_comes_back_after_a_run_is_captioned_again(capture):
    finish(capture)
    run_that_heard(capture, State.DONE)
    Capture.objects.filter(pk=capture.pk).update(state=CaptureState.RECORDING)
    store_final(capture, final(piece("we", 0), settled=1), voice_of(capture.session))
    assert Segment.objects.count() == 1


def test_what_is_the_same_as_another_recording_gets_no_lines(capture):
    finish(capture, uuid4())
    with pytest.raises(Superseded):
        store_final(capture, final(piece("we", 0), settled=1), voice_of(capture.session))
    assert leave_to_run(of(capture))
    assert of(capture).captioned_to == capture.held


def test_a_run_of_other_recordings_does_not_matter(capture):
    other = Capture.objects.create(session=capture.session, key="two")
    run_that_heard(other, State.DONE)
    store_final(capture, final(piece("we", 0), settled=1), voice_of(capture.session))
    assert Segment.objects.count() == 1


def test_a_run_brings_lines_unless_it_failed(capture):
    assert not is_in_a_run(capture)
    run = run_that_heard(capture, State.WAITING)
    assert is_in_a_run(capture)
    Run.objects.filter(pk=run.pk).update(state=State.FAILED)
    assert not is_in_a_run(capture)
