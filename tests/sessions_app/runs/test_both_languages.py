"""The whole way in both languages, with real models: two minutes of talk are heard, told apart and labelled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scribe_site.config import BASE_DIR, get_config
from scribe_site.wiring import ConfiguredEngine
from sessions_app.models import Label, LabelBy, Segment, State
from sessions_app.runs import start_run
from sessions_app.runs.working import work
from tests.llm_server import MODEL, judge, llm_server
from tests.sessions_app.runs.recordings import add_recording

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DEMO = BASE_DIR / "sessions_app" / "demo"
ROLLS = {"nl": ("rol", "worp", "initiatief", "gooi"), "en": ("roll", "saving throw", "initiative")}


@pytest.mark.parametrize(
    ("language", "other", "sign"), [("nl", "en", "spraakherkenning"), ("en", "nl", "recognition")]
)
def test_two_minutes_are_heard_in_their_language_and_labelled(
    session, editor, tmp_path, language, other, sign
):
    session.language, session.detect_language = other, True
    session.save()
    add_recording(session, str(DEMO / f"{language}_session.opus"))
    start_run(session, editor)
    config = get_config().model_copy(update={"asr_model": "nano"})
    with llm_server() as server:
        asking = {"llm_url": server.url, "llm_model": MODEL}
        work(ConfiguredEngine(config.model_copy(update=asking)), "here:1")
        assert all(sign in asked.standing for asked in server.requests)
    session.refresh_from_db()
    assert (session.language, session.language_detected) == (language, True)
    lines = list(Segment.objects.filter(session=session).exclude(text=""))
    assert words_heard(lines, language) > 0.8
    assert {line.label_by for line in lines} == {LabelBy.MODEL}
    assert [line.label_kind for line in lines] == [
        judge({"n": 1, "text": line.text})["kind"] for line in lines
    ]

    run = start_run(session, editor)
    Segment.objects.update(label="", label_by="")
    work(ConfiguredEngine(config), "here:1")
    run.refresh_from_db()
    assert run.state == State.DONE
    lines = list(Segment.objects.filter(session=session).exclude(text=""))
    assert {line.label_by for line in lines} == {LabelBy.BUILTIN}
    rolls = [line for line in lines if any(word in line.text.casefold() for word in ROLLS[language])]
    assert len(rolls) >= 3
    assert sum(line.label == Label.OOC for line in rolls) > 0.7 * len(rolls)


def words_heard(lines: list[Segment], language: str) -> float:
    """Returns the share of the words that were spoken that are in the transcript."""
    truth = json.loads(Path(DEMO / f"{language}_session.json").read_text(encoding="utf-8"))
    spoken = {word for turn in truth["turns"] for word in plain(turn["text"])}
    heard = {word for line in lines for word in plain(line.text)}
    return len(spoken & heard) / len(spoken)


def plain(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()
