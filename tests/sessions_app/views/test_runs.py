"""The panel of a Run and what its buttons do."""

from __future__ import annotations

import pytest
from django.urls import reverse

from engine.errors import ModelMissing
from sessions_app.models import Run, Session, Stage, State, Task
from sessions_app.runs import start_run
from sessions_app.runs.carried import Carried, Gone
from sessions_app.runs.claiming import claim
from sessions_app.runs.working import perform, work
from tests.sessions_app.runs.fake_engine import FakeEngine
from tests.sessions_app.runs.recordings import add_recording

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _no_redis(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def recorded(session):
    add_recording(session)
    return session


def panel(client, session) -> str:
    return client.get(reverse("run-panel", args=[session.uuid]), headers=HTMX).content.decode()


def test_a_recording_without_a_run_offers_one(recorded, editor_client, viewer_client):
    assert "Process it" in panel(editor_client, recorded)
    assert "Process it" not in panel(viewer_client, recorded)


def test_without_recordings_there_is_nothing_to_say(session, editor_client):
    assert panel(editor_client, session).strip() == ""


def test_every_stage_is_listed_with_its_state(recorded, editor_client, editor, engine):
    start_run(recorded, editor)
    perform(claim("here:1"), engine)
    html = panel(editor_client, recorded)
    for label in (
        "Prepare the audio",
        "Find speech",
        "Transcribe",
        "Tell voices apart",
        "Store the transcript",
    ):
        assert label in html
    assert html.count("run-stage done") == 1
    assert "not known yet" in html
    assert "Cancel" in html


def test_progress_of_chunks_counts_by_their_length(recorded, editor_client, editor, engine):
    start_run(recorded, editor)
    for _ in range(2):
        perform(claim("here:1"), engine)
    tasks = Task.objects.filter(stage__name="transcribe").order_by("part")
    tasks.update(size=100)
    Stage.objects.filter(name="transcribe").update(state=State.RUNNING)
    tasks.filter(part=0).update(state=State.DONE)
    tasks.filter(part=1).update(state=State.RUNNING, activity="transcribe", done=1, total=2)
    assert f"{int(100 * 1.5 / tasks.count())} %" in panel(editor_client, recorded)


def test_a_download_is_told_apart_from_the_work(recorded, editor_client, editor, engine):
    start_run(recorded, editor)
    for _ in range(2):
        perform(claim("here:1"), engine)
    task = claim("here:1")
    Task.objects.filter(pk=task.pk).update(activity="download", done=30, total=100)
    assert "downloading the speech model: 30 %" in panel(editor_client, recorded)


def test_a_viewer_reads_but_has_no_buttons(recorded, viewer_client, editor):
    start_run(recorded, editor)
    html = panel(viewer_client, recorded)
    assert "Transcribe" in html
    assert "<button" not in html


def test_only_editors_see_technical_detail(
    recorded, editor, editor_client, viewer_client, engine, monkeypatch
):
    def missing(on_progress):
        raise ModelMissing("Put a model here.", detail="hub said no")

    monkeypatch.setattr(engine, "choose_asr", missing)
    start_run(recorded, editor)
    work(engine, "here:1")
    assert "Put a model here." in panel(viewer_client, recorded)
    assert "hub said no" not in panel(viewer_client, recorded)
    assert "hub said no" in panel(editor_client, recorded)
    assert "Try again" in panel(editor_client, recorded)


def test_cancel_and_try_again(recorded, editor, editor_client):
    run = start_run(recorded, editor)
    html = editor_client.post(reverse("run-cancel", args=[run.uuid]), headers=HTMX).content.decode()
    assert "Processing was cancelled" in html
    html = editor_client.post(reverse("run-retry", args=[run.uuid]), headers=HTMX).content.decode()
    assert "Waiting for a worker" in html


def test_process_again_with_another_language(recorded, editor_client):
    data = {"process-language": "en", "process-speakers_min": "2", "process-speakers_max": "4"}
    editor_client.post(reverse("run-start", args=[recorded.uuid]), data, headers=HTMX)
    inputs = Run.objects.get().inputs
    assert (inputs["language"], inputs["speakers_min"], inputs["speakers_max"]) == ("en", 2, 4)


def test_more_fewest_than_most_voices_is_said_in_the_form(recorded, editor, editor_client, engine):
    start_run(recorded, editor)
    work(engine, "here:1")
    data = {"process-language": "en", "process-speakers_min": "5", "process-speakers_max": "4"}
    response = editor_client.post(reverse("run-start", args=[recorded.uuid]), data, headers=HTMX)
    assert response.status_code == 422
    assert "fewest" in response.content.decode()
    assert Run.objects.count() == 1
    assert Session.objects.get(pk=recorded.pk).language == "nl"


def test_without_scripts_the_buttons_lead_back_to_the_page(recorded, editor_client):
    response = editor_client.post(reverse("run-start", args=[recorded.uuid]))
    assert response.status_code == 302
    assert response["Location"] == recorded.get_absolute_url()


def test_words_appear_as_soon_as_their_chunk_is_done(recorded, editor, viewer_client, engine):
    run = start_run(recorded, editor)
    for _ in range(2):
        perform(claim("here:1"), engine)
    first = reverse("run-text", args=[run.uuid, 0])
    assert viewer_client.get(first).status_code == 204
    perform(claim("here:1"), engine)
    html = viewer_client.get(first).content.decode()
    assert "open the old door" in html
    assert reverse("run-text", args=[run.uuid, 1]) in html
    work(engine, "here:1")
    last = viewer_client.get(reverse("run-text", args=[run.uuid, 1])).content.decode()
    assert "door" in last
    assert "hx-get" not in last


def test_the_panel_says_when_nobody_works(recorded, editor, editor_client):
    from datetime import timedelta

    from django.utils import timezone

    run = start_run(recorded, editor)
    assert "No worker" not in panel(editor_client, recorded)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    assert "No worker" in panel(editor_client, recorded)


def processed_with(session, editor, engine, **carried) -> Run:
    run = start_run(session, editor)
    work(engine, "here:1")
    Run.objects.filter(pk=run.pk).update(carried=Carried(**carried).to_json())
    return run


def test_what_a_run_found_of_peoples_work_is_told(recorded, editor, editor_client, engine):
    gone = Gone(65_000, "<b>Hou vast</b>", "label")
    processed_with(
        recorded, editor, engine, texts=214, anew=12, removed=1, markers=2, gone=(gone,), gone_total=1
    )
    html = panel(editor_client, recorded)
    assert "Kept from before: 214 corrected texts, 1 removed line" in html
    assert "At their times as before: 2 markers." in html
    assert 'href="#review=hearings"' in html
    assert "12 of these lines were heard differently this time" in html
    assert "1:05" in html
    assert "label: “&lt;b&gt;Hou vast&lt;/b&gt;”" in html


def test_a_run_that_found_nothing_of_people_tells_nothing(recorded, editor, editor_client, engine):
    processed_with(recorded, editor, engine, markers=3, clips=1)
    assert "run-carried" not in panel(editor_client, recorded)
