"""Answers that are wrong, incomplete or cut off: those lines are asked again, and nothing is made up."""

from __future__ import annotations

import json

import pytest

from engine.classification.language_model.batches import LINES, answer_budget
from engine.classification.values import Verdict
from tests.engine.classification.language_model.conftest import CAST, classifier_of, line, story
from tests.llm_server import (
    Asked,
    Sent,
    answered,
    changed,
    failing,
    judge,
    refusing,
    said,
    saying,
    well,
    without,
)


def sizes(server) -> list[int]:
    return [len(asked.numbered) for asked in server.requests]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ik weet het niet.",
        '{"lines": [',
        "[]",
        "null",
        '{"lines": "geen"}',
        '{"n": 1}',
        '{"lines": [{"n": true, "label": "IC", "kind": "character", "character": "", "confidence": 0.9}]}',
        '{"a":' * 100,
    ],
)
def test_a_malformed_answer_is_asked_again_in_halves(server, text):
    server.script.append(saying(text))
    assert None not in classifier_of(server).classify(story(10), CAST)
    assert sizes(server) == [10, 5, 5]


def test_missing_lines_are_asked_again(server):
    server.script.append(changed(lambda rows: [row for row in rows if row["n"] not in (2, 5, 9)]))
    lines = story(10)
    assert None not in classifier_of(server).classify(lines, CAST)
    assert sizes(server) == [10, 2, 1]
    assert [row["text"] for row in server.requests[1].numbered] == [lines[1].text, lines[4].text]


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "IC", "kind": "rules"},
        {"label": "OOC", "kind": "npc"},
        {"label": "BOTH"},
        {"label": None},
        {"kind": "joke"},
        {"confidence": "zeker"},
        {"confidence": float("nan")},
        {"confidence": -1},
    ],
)
def test_a_line_with_a_wrong_answer_is_asked_again(server, wrong):
    server.script.append(changed(lambda rows: [rows[0], rows[1] | wrong, *rows[2:]]))
    lines = story(6)
    assert None not in classifier_of(server).classify(lines, CAST)
    assert [row["text"] for row in server.requests[1].numbered] == [lines[1].text]


def test_numbers_that_nobody_asked_about_are_ignored(server):
    server.always = changed(lambda rows: [row | {"n": row["n"] + 100} for row in rows] + rows)
    assert None not in classifier_of(server).classify(story(4), CAST)
    assert sizes(server) == [4]


def test_two_answers_for_a_line_that_differ_are_none(server):
    twice = {"n": 1, "label": "OOC", "kind": "rules", "character": "", "confidence": 0.9}
    server.script.append(changed(lambda rows: [*rows, twice]))
    assert None not in classifier_of(server).classify(story(4), CAST)
    assert sizes(server) == [4, 1]


def test_what_stays_missing_has_no_verdict(server):
    lines = story(9)
    lines[4] = line("Deze wil het model niet.")
    server.always = changed_without("Deze wil het model niet.")
    classifier = classifier_of(server)
    verdicts = classifier.classify(lines, CAST)
    assert [index for index, verdict in enumerate(verdicts) if verdict is None] == [4]
    assert classifier.trouble is not None
    assert (classifier.trouble.reason, classifier.trouble.gave_up) == ("gaps", False)


def changed_without(text: str):
    def behave(asked: Asked) -> Sent:
        return answered([judge(row) for row in asked.numbered if row["text"] != text])

    return behave


def test_a_cut_off_answer_keeps_what_is_whole(server):
    def cut_off(asked: Asked) -> Sent:
        text = json.dumps({"lines": [judge(row) for row in asked.numbered]})
        return said(text[: text.index('"n": 7') + 20], "length")

    server.script.append(cut_off)
    assert None not in classifier_of(server).classify(story(10), CAST)
    assert sizes(server) == [10, 2, 2]
    assert server.requests[1].body["max_tokens"] == answer_budget(2)


def test_a_model_that_thinks_the_budget_away_gets_more(server):
    server.script.append(saying("", "length"))
    classifier = classifier_of(server)
    assert None not in classifier.classify(story(3), CAST)
    classifier.classify(story(3), CAST)
    budgets = [asked.body["max_tokens"] for asked in server.requests]
    assert budgets[0] < budgets[1] == budgets[2]
    assert sizes(server) == [3, 3, 3]


def test_a_model_that_never_answers_well_is_given_up(server):
    server.always = saying("Wat een mooi verhaal!")
    classifier = classifier_of(server)
    assert classifier.classify(story(400), CAST) == [None] * 400
    assert classifier.trouble is not None
    assert (classifier.trouble.reason, classifier.trouble.gave_up) == ("unusable", True)
    assert len(server.requests) == 12


def test_a_refused_line_stays_without_a_verdict_and_the_others_do_not(server):
    lines = story(8)
    lines[2] = line("Dit is te erg.")

    def squeamish(asked: Asked) -> Sent:
        return (
            refusing(asked) if any(row["text"] == "Dit is te erg." for row in asked.numbered) else well(asked)
        )

    server.always = squeamish
    classifier = classifier_of(server)
    assert [index for index, found in enumerate(classifier.classify(lines, CAST)) if found is None] == [2]
    assert classifier.trouble is not None
    assert (classifier.trouble.reason, classifier.trouble.gave_up) == ("refused", False)


@pytest.mark.parametrize(
    "refusal",
    [
        saying("", "content_filter"),
        failing(400, "The response was filtered by our content policy", "content_filter"),
    ],
)
def test_a_filter_before_the_model_counts_as_a_refusal(server, refusal):
    server.always = refusal
    classifier = classifier_of(server)
    assert classifier.classify(story(2), CAST) == [None, None]
    assert classifier.trouble is not None
    assert classifier.trouble.reason == "refused"
    assert {asked.body["response_format"]["type"] for asked in server.requests} == {"json_schema"}


def test_a_server_without_schemas_is_asked_for_json(server):
    server.always = without("json_schema")
    classifier = classifier_of(server)
    assert None not in classifier.classify(story(LINES + 1), CAST)
    forms = [asked.body["response_format"]["type"] for asked in server.requests]
    assert forms == ["json_schema", "json_object", "json_object"]
    classifier.classify(story(2), CAST)
    assert server.requests[-1].body["response_format"]["type"] == "json_object"


def test_a_server_without_any_form_is_asked_in_words(server):
    server.always = without("json_schema", "json_object")
    assert None not in classifier_of(server).classify(story(LINES + 1), CAST)
    assert ["response_format" in asked.body for asked in server.requests] == [True, True, False, False]


def test_a_hosted_model_with_other_names_for_things_is_served(server):
    def modern(asked: Asked) -> Sent:
        if "max_tokens" in asked.body:
            message = (
                "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
            )
            return Sent({"error": {"message": message}}, 400)
        if "temperature" in asked.body:
            return Sent({"error": {"message": "Unsupported value: 'temperature' does not support 0."}}, 400)
        return well(asked)

    server.always = modern
    assert None not in classifier_of(server).classify(story(3), CAST)
    last = server.requests[-1].body
    assert last["max_completion_tokens"] == answer_budget(3)
    assert last["response_format"]["type"] == "json_schema"


def test_a_template_without_a_system_role_gets_one_message(server):
    def plain(asked: Asked) -> Sent:
        return (
            Sent({"error": {"message": "System role not supported"}}, 400) if asked.standing else well(asked)
        )

    server.always = plain
    assert None not in classifier_of(server).classify(story(3), CAST)
    assert "spraakherkenning" in server.requests[-1].asking


@pytest.mark.parametrize(
    "error",
    [
        {
            "message": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
            "type": "invalid_request_error",
            "param": "response_format",
            "code": None,
        },
        "response_format: Extra inputs are not permitted",
    ],
)
def test_a_hosted_model_that_knows_no_schema_is_not_taken_for_unknown(server, error):
    def picky(asked: Asked) -> Sent:
        return well(asked) if "response_format" not in asked.body else Sent({"error": error}, 400)

    server.always = picky
    assert None not in classifier_of(server).classify(story(3), CAST)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "refusal",
    [
        failing(400, "'max_tokens' or 'max_completion_tokens' is too large: 2688."),
        failing(400, "This model's maximum context length is 4096 tokens", "context_length_exceeded"),
        failing(413, ""),
    ],
)
def test_too_many_lines_for_the_model_become_fewer(server, refusal):
    server.always = lambda asked: refusal(asked) if len(asked.numbered) > 12 else well(asked)
    assert None not in classifier_of(server).classify(story(90), CAST)
    assert [size for size in sizes(server) if size > 12] == [40, 20, 20]


@pytest.mark.parametrize(
    ("figure", "believed"), [(0.2, 0.5), (0.83, 0.83), (1, 0.99), (95, 0.95), ("0.7", 0.7)]
)
def test_a_confidence_is_the_model_s_own_within_bounds(server, figure, believed):
    server.always = changed(lambda rows: [row | {"confidence": figure} for row in rows])
    found = classifier_of(server).classify(story(1), CAST)[0]
    assert isinstance(found, Verdict)
    assert found.confidence == pytest.approx(believed)
