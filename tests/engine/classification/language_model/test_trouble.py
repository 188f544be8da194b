"""Servers that are slow, busy, broken, closed or somebody else's: lines stay without a verdict, and it is said why."""

from __future__ import annotations

import pytest

from engine.classification.language_model import LanguageModelClassifier, LanguageModelSettings
from engine.classification.language_model.trouble import MESSAGES
from tests.engine.classification.language_model.conftest import CAST, QUICK, classifier_of, story
from tests.llm_server import LlmServer, Sent, failing, llm_server, silently, well


def reason_of(classifier: LanguageModelClassifier) -> str:
    assert classifier.trouble is not None
    assert classifier.trouble.gave_up
    assert classifier.trouble.message == MESSAGES[classifier.trouble.reason]
    return classifier.trouble.reason


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (failing(401, "Incorrect API key provided: geheim"), "key"),
        (failing(403, "Forbidden"), "key"),
        (failing(404, 'model "stand-in" not found, try pulling it first'), "model"),
        (failing(404, "The model `stand-in` does not exist.", "model_not_found"), "model"),
        (failing(400, "Invalid model name passed"), "model"),
        (lambda asked: Sent({"error": "model 'stand-in' not found"}, 404), "model"),
        (lambda asked: Sent({"detail": "Unknown model: stand-in"}, 400), "model"),
        (lambda asked: Sent("no such model", 400, type="text/plain"), "model"),
        (failing(404, "Not Found"), "address"),
        (failing(405, ""), "address"),
        (failing(302, "", Location="http://192.0.2.1/"), "address"),
        (lambda asked: Sent("<html>Welkom</html>", type="text/html"), "address"),
        (lambda asked: Sent("{nope"), "address"),
        (failing(402, "Payment required"), "credit"),
        (failing(429, "You exceeded your current quota", "insufficient_quota"), "credit"),
        (failing(429, "Slow down", retry_after="3600"), "rate_limit"),
    ],
)
def test_what_asking_again_would_not_help_is_asked_once(server, behaviour, reason):
    server.always = behaviour
    classifier = classifier_of(server)
    assert classifier.classify(story(100), CAST) == [None] * 100
    assert reason_of(classifier) == reason
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (failing(500, "Internal error"), "server"),
        (failing(503, "Loading model"), "server"),
        (failing(429, "Slow down"), "rate_limit"),
    ],
)
def test_what_may_pass_is_asked_again_for_a_while(server, behaviour, reason):
    server.always = behaviour
    classifier = classifier_of(server)
    assert classifier.classify(story(100), CAST) == [None] * 100
    assert reason_of(classifier) == reason
    assert len(server.requests) == QUICK.faults


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passed_costs_no_line(server, status):
    server.script += [failing(status), failing(status)]
    classifier = classifier_of(server)
    assert None not in classifier.classify(story(5), CAST)
    assert classifier.trouble is None


def test_the_pause_that_a_server_wants_is_kept(server, monkeypatch):
    slept = []
    monkeypatch.setattr(
        "engine.classification.language_model.asking.Asking._wait", lambda _, s: slept.append(s)
    )
    server.script += [failing(429, retry_after="0.03"), failing(429)]
    assert None not in classifier_of(server).classify(story(2), CAST)
    assert slept == [0.03, 0.002]


def test_waiting_can_be_stopped(server):
    server.always = failing(429, retry_after="0.04")
    told = []

    def stop(*step: object) -> None:
        told.append(step)
        if len(server.requests) == 1 and len(told) > 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        classifier_of(server).classify(story(2), CAST, stop)
    assert len(server.requests) == 1


def test_a_server_that_does_not_want_what_is_asked_is_given_up(server):
    server.always = failing(400, "I do not like this")
    classifier = classifier_of(server)
    assert classifier.classify(story(100), CAST) == [None] * 100
    assert reason_of(classifier) == "request"
    assert len(server.requests) == 3


def test_a_slow_server_is_asked_for_less_and_then_given_up(server):
    server.always = silently
    classifier = classifier_of(server, timeout_s=0.1)
    assert classifier.classify(story(100), CAST) == [None] * 100
    assert reason_of(classifier) == "time_out"
    assert [len(asked.numbered) for asked in server.requests] == [40, 20, 10]


def test_a_server_too_slow_for_many_lines_answers_fewer(server):
    server.always = lambda asked: None if len(asked.numbered) > 20 else well(asked)
    classifier = classifier_of(server, timeout_s=0.4)
    assert None not in classifier.classify(story(70), CAST)
    assert classifier.trouble is None
    assert [len(asked.numbered) for asked in server.requests] == [40, 20, 20, 20, 10]


def test_a_closed_port_is_unreachable():
    with llm_server() as server:
        classifier = classifier_of(server)
    assert classifier.classify(story(100), CAST) == [None] * 100
    assert reason_of(classifier) == "unreachable"


def test_what_was_judged_before_the_server_went_stays(server):
    server.script += [well, failing(401)]
    verdicts = classifier_of(server).classify(story(60), CAST)
    assert [verdict is None for verdict in verdicts] == [False] * 40 + [True] * 20


def test_a_classifier_recovers_with_its_server(server):
    server.script.append(failing(401))
    classifier = classifier_of(server)
    classifier.classify(story(3), CAST)
    assert None not in classifier.classify(story(3), CAST)
    assert classifier.trouble is None


@pytest.mark.parametrize("url", ["", "ollama", "ftp://localhost/v1", "http://", "http://localhost:x/v1"])
def test_an_address_that_is_none_is_said(url):
    classifier = LanguageModelClassifier(LanguageModelSettings(url, "m", patience=QUICK), "nl")
    assert classifier.classify(story(2), CAST) == [None, None]
    assert reason_of(classifier) == "address"


def test_a_key_of_strange_characters_is_said(server):
    classifier = LanguageModelClassifier(LanguageModelSettings(server.url, "m", key="sleutél\u2026"), "nl")
    classifier.classify(story(2), CAST)
    assert reason_of(classifier) == "key"


def test_a_prompt_that_can_t_be_used_is_said_and_nothing_is_sent(server, tmp_path):
    (tmp_path / "ic_ooc_classification_nl.txt").write_text("Beoordeel {{lines}}")
    classifier = classifier_of(server, prompts_dir=tmp_path)
    assert classifier.classify(story(2), CAST) == [None, None]
    assert reason_of(classifier) == "prompt"
    assert classifier.trouble is not None
    assert "{{party}}" in classifier.trouble.detail
    assert server.requests == []


def test_the_key_is_never_told(server):
    server.always = failing(401, "Incorrect API key provided: geheim")
    classifier = classifier_of(server)
    classifier.classify(story(2), CAST)
    assert classifier.trouble is not None
    assert "geheim" not in classifier.trouble.detail
    assert "Incorrect API key" in classifier.trouble.detail


def test_a_redirect_is_not_followed(server):
    with llm_server() as elsewhere:
        server.always = failing(307, Location=f"{elsewhere.url}/chat/completions")
        classifier_of(server).classify(story(2), CAST)
        assert elsewhere.requests == []


def test_a_proxy_sees_nothing_of_what_stays_on_this_machine(server, monkeypatch):
    with llm_server() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert None not in classifier_of(server).classify(story(2), CAST)
        assert proxy.requests == []


def test_nothing_of_the_environment_goes_along(server: LlmServer, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "somebody-else-s")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    classifier = LanguageModelClassifier(LanguageModelSettings(server.url, "m", patience=QUICK), "nl")
    assert None not in classifier.classify(story(2), CAST)
    assert "somebody-else-s" not in server.requests[0].key
