"""A session whose language nobody said: heard once, then pinned, and corrected by whoever knows better."""

from __future__ import annotations

import pytest
from django.urls import reverse

from engine.language import HeardLanguage
from realtime_app.captioner.engine import pin_language
from sessions_app.forms.campaigns import CampaignForm, SessionForm
from sessions_app.forms.runs import ProcessForm
from sessions_app.models import Session, State
from sessions_app.runs import start_run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def unknown(recorded):
    recorded.language, recorded.detect_language = "nl", True
    recorded.save()
    return recorded


def done(run) -> dict[str, bool]:
    run.refresh_from_db()
    assert run.state == State.DONE, [stage.detail for stage in run.stages.all()]
    return {stage.name: stage.reused for stage in run.stages.all()}


def test_language_is_heard_before_the_words_and_pinned(unknown, editor, process, engine):
    engine.language = HeardLanguage("en", 0.98, 90_000)
    run = start_run(unknown, editor)
    process()
    assert "language" in done(run)
    unknown.refresh_from_db()
    assert (unknown.language, unknown.detect_language, unknown.language_detected) == ("en", False, True)
    assert run.inputs["language"] == "en"
    assert not run.inputs["detect_language"]


def test_words_are_heard_in_the_language_that_was_found(unknown, editor, process, engine, monkeypatch):
    engine.language = HeardLanguage("en", 0.98, 90_000)
    asked = []
    transcribe = engine.asr.transcribe
    monkeypatch.setattr(
        engine.asr, "transcribe", lambda *args: asked.append(args[2].language) or transcribe(*args)
    )
    start_run(unknown, editor)
    process()
    assert set(asked) == {"en"}


def test_silence_leaves_the_language_that_was_expected(unknown, editor, process, engine):
    start_run(unknown, editor)
    process()
    unknown.refresh_from_db()
    assert (unknown.language, unknown.detect_language, unknown.language_detected) == ("nl", False, False)


def test_correcting_what_was_heard_transcribes_anew_and_nothing_else(unknown, editor, process, engine):
    engine.language = HeardLanguage("en", 0.98, 90_000)
    start_run(unknown, editor)
    process()
    unknown.refresh_from_db()
    form = ProcessForm({"process-language": "nl"}, instance=unknown)
    assert form.is_valid()
    form.save()
    run = start_run(unknown, editor)
    process()
    reused = done(run)
    assert "language" not in reused
    assert (reused["detect"], reused["diarize"], reused["transcribe"]) == (True, True, False)
    unknown.refresh_from_db()
    assert (unknown.language, unknown.language_detected) == ("nl", False)


def test_run_of_a_known_language_does_not_listen_for_it(recorded, editor, process):
    run = start_run(recorded, editor)
    process()
    assert "language" not in done(run)


def test_asking_again_hears_it_again(unknown, editor, process, engine):
    for language in ("en", "nl"):
        engine.language = HeardLanguage(language, 0.98, 90_000)
        form = ProcessForm({"process-language": "detect"}, instance=unknown)
        assert form.is_valid()
        form.save()
        start_run(unknown, editor)
        process()
        unknown.refresh_from_db()
        assert unknown.language == language


def test_new_sessions_start_from_what_the_campaign_says(campaign):
    data = {"name": campaign.name, "language": "detect"}
    form = CampaignForm(data, instance=campaign)
    assert form.is_valid(), form.errors
    form.save()
    session = campaign.new_session()
    assert (session.detect_language, session.language) == (True, campaign.language)
    assert SessionForm(instance=session)["language"].value() == "detect"


def test_what_a_captioner_hears_is_pinned_unless_somebody_said_it(unknown):
    pin_language(unknown.pk, HeardLanguage("en", 0.95, 20_000))
    unknown.refresh_from_db()
    assert (unknown.language, unknown.detect_language, unknown.language_detected) == ("en", False, True)
    pin_language(unknown.pk, HeardLanguage("nl", 0.95, 20_000))
    unknown.refresh_from_db()
    assert unknown.language == "en"


def test_what_somebody_says_while_it_is_heard_holds_for_the_run_too(
    unknown, editor, process, engine, monkeypatch
):
    def hear(*args):
        Session.objects.filter(pk=unknown.pk).update(language="nl", detect_language=False)
        return HeardLanguage("en", 0.98, 90_000)

    monkeypatch.setattr(engine, "hear_language", hear)
    run = start_run(unknown, editor)
    process()
    done(run)
    unknown.refresh_from_db()
    assert (unknown.language, unknown.detect_language, unknown.language_detected) == ("nl", False, False)
    assert (run.inputs["language"], run.inputs["detect_language"]) == ("nl", False)


def test_form_shown_before_the_language_was_heard_does_not_ask_for_it_again(unknown, client, editor):
    client.force_login(editor)
    address = reverse("session-edit", args=[unknown.uuid])
    assert 'name="initial-language" value="detect"' in client.get(address).content.decode()
    pin_language(unknown.pk, HeardLanguage("en", 0.95, 20_000))
    data = {"number": unknown.number, "date": unknown.date, "title": "The bridge"}
    client.post(address, data | {"language": "detect", "initial-language": "detect"})
    unknown.refresh_from_db()
    assert (unknown.language, unknown.detect_language, unknown.language_detected) == ("en", False, True)
    assert unknown.title == "The bridge"
    client.post(address, data | {"language": "nl", "initial-language": "en"})
    unknown.refresh_from_db()
    assert (unknown.language, unknown.language_detected) == ("nl", False)
