"""A Run from recording to transcript."""

from __future__ import annotations

import pytest

from sessions_app.models import Segment, StageResult, State, Voice
from sessions_app.runs import start_run

pytestmark = pytest.mark.django_db(transaction=True)


def states(run):
    return {stage.name: stage.state for stage in run.stages.all()}


def test_a_recording_becomes_lines_with_voices(recorded, editor, process):
    run = start_run(recorded, editor)
    process()
    run.refresh_from_db()
    assert set(states(run).values()) == {State.DONE}, [s.detail for s in run.stages.all()]
    assert run.state == State.DONE
    assert run.asr_model == "fake-asr"
    assert not run.asr_fallback
    recorded.refresh_from_db()
    assert recorded.duration_ms > 25_000
    assert len(recorded.peaks) > 250
    assert Segment.objects.filter(session=recorded).count() > 2
    assert {v.number for v in Voice.objects.filter(session=recorded)} == {1, 2}
    assert all(v.talk_ms for v in Voice.objects.filter(session=recorded))
    assert StageResult.objects.filter(session=recorded, stage="transcribe").count() > 1


@pytest.mark.slow
def test_the_bundled_model_hears_a_fixture(session, editor, settings):
    from scribe_site.config import get_config
    from scribe_site.wiring import ConfiguredEngine
    from sessions_app.runs.working import work
    from tests.sessions_app.runs.recordings import add_recording

    add_recording(session, "nl_30s.flac")
    run = start_run(session, editor)
    work(ConfiguredEngine(get_config().model_copy(update={"asr_model": "nano"})), "here:1")
    run.refresh_from_db()
    assert run.state == State.DONE, [s.detail for s in run.stages.all()]
    assert run.asr_model == "nano"
    assert session.has_demo_text
    text = " ".join(Segment.objects.filter(session=session).values_list("text", flat=True))
    assert len(text.split()) > 20
