"""The panel of a session's labels: counts, who labels, what it costs, asking and stopping."""

from __future__ import annotations

import pytest
from django.urls import reverse

from engine.fakes import FakeClassifier
from scribe_site.config import get_config
from sessions_app.errands import working
from sessions_app.labels.labelling import label_lines
from sessions_app.labels.panel import labels_panel
from sessions_app.models import Errand, LabelBy, Segment, StageName, StageResult, State
from sessions_app.runs.engine import ChosenClassifier
from tests.sessions_app.runs.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tickets(monkeypatch) -> list[int]:
    issued: list[int] = []
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", issued.append)
    return issued


@pytest.fixture
def labelled(session, lines):
    label_lines(session, ChosenClassifier(FakeClassifier(), LabelBy.BUILTIN), lines, lambda *_: None)
    return session


@pytest.fixture
def remote_model(monkeypatch):
    config = get_config()
    for name, value in {
        "llm_url": "https://models.example/v1",
        "llm_model": "owl",
        "llm_price_in": 2.0,
    }.items():
        monkeypatch.setattr(config, name, value)
    return config


def page(client, session, name="session-detail", **headers) -> str:
    response = client.get(reverse(name, args=[session.uuid]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_counts_are_told(labelled):
    panel = labels_panel(labelled)
    assert (panel.lines, panel.story, panel.table, panel.mixed, panel.unlabelled) == (5, 3, 2, 0, 0)
    assert panel.story_percent == 60


def test_session_without_lines_has_no_panel(client, session, editor):
    client.force_login(editor)
    assert "labels-panel" not in page(client, session)


def test_what_keeps_lines_unlabelled_is_told_until_they_are_labelled(session, lines):
    said = "The language model can't be reached."
    StageResult.objects.create(
        session=session, stage=StageName.CLASSIFY, fingerprint="f", payload={"trouble": said, "by": "model"}
    )
    assert labels_panel(session).trouble == said
    label_lines(session, ChosenClassifier(FakeClassifier(), LabelBy.BUILTIN), lines, lambda *_: None)
    assert labels_panel(session).trouble == ""


def test_editor_has_lines_labelled_and_sees_it_happen(client, session, lines, editor):
    client.force_login(editor)
    shown = client.post(
        reverse("labels-ask", args=[session.uuid]), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Labelling waits for a worker." in shown
    working.work(FakeEngine(), "here:1")
    assert "60 % story" in page(client, session, "labels-panel", **{"HX-Request": "true"})


def test_labelling_can_be_stopped(client, session, lines, editor):
    client.force_login(editor)
    client.post(reverse("labels-ask", args=[session.uuid]))
    client.post(reverse("labels-cancel", args=[session.uuid]))
    assert Errand.objects.get().state == State.CANCELLED
    assert working.work(FakeEngine(), "here:1") == 0
    assert not Segment.objects.exclude(label="").exists()


def test_viewer_is_shown_no_buttons(client, labelled, viewer):
    client.force_login(viewer)
    shown = page(client, labelled)
    assert "60 % story" in shown
    assert "label-again" not in shown


def test_remote_model_is_not_asked_before_an_owner_agreed(labelled, remote_model):
    assert not labels_panel(labelled).asks_model
    labelled.campaign.language_model_allowed = True
    assert labels_panel(labelled).asks_model


def test_model_on_this_machine_needs_no_leave(labelled, remote_model, monkeypatch):
    monkeypatch.setattr(remote_model, "llm_url", "http://localhost:11434/v1")
    assert labels_panel(labelled).asks_model


def test_page_says_where_lines_go_and_what_it_takes(client, labelled, editor, remote_model):
    labelled.campaign.language_model_allowed = True
    labelled.campaign.save()
    client.force_login(editor)
    assert "owl at models.example" in page(client, labelled)
    told = page(client, labelled, "labels-forecast")
    assert "5 lines" in told
    assert "1 request" in told
    assert "cost: about" in told


def test_nothing_is_forecast_where_nothing_is_sent(client, labelled, editor, remote_model):
    client.force_login(editor)
    assert "tokens" not in page(client, labelled, "labels-forecast")


def test_owner_switches_the_model_on_and_is_told_where_lines_go(client, labelled, owner, remote_model):
    client.force_login(owner)
    campaign = labelled.campaign
    address = reverse("campaign-edit", args=[campaign.uuid])
    shown = client.get(address).content.decode()
    assert "owl at models.example" in shown
    assert "would take 5 lines" in shown
    client.post(address, {"name": campaign.name, "language": "nl", "language_model_allowed": "on"})
    campaign.refresh_from_db()
    assert campaign.language_model_allowed


def test_installation_without_a_remote_model_does_not_ask(client, labelled, owner):
    client.force_login(owner)
    assert (
        "language_model_allowed"
        not in client.get(reverse("campaign-edit", args=[labelled.campaign.uuid])).content.decode()
    )
