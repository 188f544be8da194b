"""A session's lines labelled by a language model: a real classifier, a stand-in server, and what is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.classification.language_model import LanguageModelClassifier, LanguageModelSettings, Patience
from scribe_site.config import get_config
from scribe_site.wiring import ConfiguredEngine
from sessions_app.labels.labelling import choose_classifier, label_lines
from sessions_app.models import LabelBy, Segment, Session
from sessions_app.runs.engine import ChosenClassifier
from tests.llm_server import MODEL, LlmServer, changed, failing, llm_server, without

NO_PROGRESS = lambda *step: None  # noqa: E731


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with llm_server() as running:
        yield running


def engine_with(**settings) -> ConfiguredEngine:
    return ConfiguredEngine(get_config().model_copy(update={"llm_model": MODEL, **settings}))


def chosen(server: LlmServer, session: Session) -> ChosenClassifier:
    settings = LanguageModelSettings(server.url, MODEL, patience=Patience(pause_s=0.001))
    model = LanguageModelClassifier(settings, session.language)  # type: ignore[arg-type]
    return ChosenClassifier(model, LabelBy.MODEL, lambda: model.trouble)


def labels(session: Session) -> list[str]:
    found = Segment.objects.filter(session=session).order_by("position")
    return list(found.values_list("label_kind", flat=True))


@pytest.mark.parametrize(("language", "sign"), [("nl", "spraakherkenning"), ("en", "recognition")])
def test_a_session_is_labelled_in_its_language(server, session, lines, language, sign):
    session.language = language
    session.save(update_fields=["language"])
    engine = engine_with(llm_url=server.url)
    done = label_lines(session, choose_classifier(session, engine), lines, NO_PROGRESS)
    assert labels(session) == ["character", "character", "rules", "character", "character"]
    assert (done.unlabelled, done.trouble) == (0, "")
    assert sign in server.requests[0].standing
    assert set(Segment.objects.values_list("label_by", flat=True)) == {LabelBy.MODEL}


def test_lines_go_elsewhere_only_where_the_owner_allows_it(session, lines):
    engine = engine_with(llm_url="http://192.0.2.1/v1")
    assert choose_classifier(session, engine).by == LabelBy.BUILTIN
    session.campaign.language_model_allowed = True
    assert choose_classifier(session, engine).by == LabelBy.MODEL


def test_a_server_that_fails_leaves_lines_open_and_is_asked_again_later(server, session, lines):
    server.script.append(failing(401, "no"))
    done = label_lines(session, chosen(server, session), lines, NO_PROGRESS)
    assert labels(session) == [""] * 5
    assert (done.unlabelled, done.trouble) == (5, "The server of the language model refuses the key.")
    done = label_lines(session, chosen(server, session), lines, NO_PROGRESS)
    assert (done.unlabelled, done.trouble) == (0, "")


def test_a_simple_server_labels_as_well(server, session, lines):
    server.always = without("json_schema", "json_object")
    assert label_lines(session, chosen(server, session), lines, NO_PROGRESS).unlabelled == 0


def test_only_the_open_lines_are_asked_about_again(server, session, lines):
    server.script += [changed(lambda rows: rows[:3]), failing(401)]
    done = label_lines(session, chosen(server, session), lines, NO_PROGRESS)
    assert done.unlabelled == 2
    label_lines(session, chosen(server, session), lines[3:], NO_PROGRESS)
    last = server.requests[-1]
    assert [row["text"] for row in last.numbered] == [line.text for line in lines[3:]]
    assert [row.get("kind") for row in last.rows] == ["character", "character", "rules", None, None]
