"""Prompts are found, checked and filled in; a group may have its own."""

from __future__ import annotations

import json
import re

import pytest

from engine.classification.language_model.prompting import (
    LONGEST_TEXT,
    PROMPTS,
    Prompt,
    PromptBroken,
    examples_text,
    lines_text,
    load_prompt,
    party_text,
    prompt_name,
)
from engine.classification.values import KINDS, LABELS, CastMember, LabelledLine, SpokenLine

WHOLE = "{{party}} {{examples}}\n---\n{{lines}}"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_scribe_s_own_prompts_can_be_used(language):
    prompt = load_prompt(language)
    standing, asking = prompt.filled("PARTY", "EXAMPLES", "LINES", 7)
    assert "PARTY" in standing
    assert "EXAMPLES" in standing
    assert "LINES" in asking
    assert "7" in asking
    assert "{{" not in standing + asking


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_label_and_kind_is_explained(language):
    text = load_prompt(language).standing
    assert [name for name in (*LABELS, *KINDS) if name not in text] == []


def test_each_prompt_is_in_its_own_language():
    words = {"nl": re.compile(r"\b(het|een|zijn|naar)\b"), "en": re.compile(r"\b(the|that|with|what)\b")}
    for language, own in words.items():
        other = words["en" if language == "nl" else "nl"]
        text = load_prompt("nl" if language == "nl" else "en").text
        assert len(own.findall(text)) > 20 * max(1, len(other.findall(text)))


def test_a_group_s_own_prompt_takes_the_place_of_scribe_s(tmp_path):
    (tmp_path / prompt_name("nl")).write_text("Onze tafel é. " + WHOLE, encoding="utf-8-sig")
    assert load_prompt("nl", tmp_path).standing.startswith("Onze tafel é.")
    assert load_prompt("en", tmp_path).text == load_prompt("en").text


def test_a_folder_that_does_not_exist_overrides_nothing(tmp_path):
    assert load_prompt("en", tmp_path / "none") == load_prompt("en")


def test_a_prompt_without_a_line_of_dashes_is_one_message(tmp_path):
    (tmp_path / prompt_name("en")).write_text("{{party}} {{examples}} {{lines}}")
    assert load_prompt("en", tmp_path) == Prompt("", "{{party}} {{examples}} {{lines}}")


@pytest.mark.parametrize("missing", ["party", "examples", "lines"])
def test_a_missing_placeholder_is_named(tmp_path, missing):
    (tmp_path / prompt_name("en")).write_text(WHOLE.replace("{{" + missing + "}}", ""))
    with pytest.raises(PromptBroken, match=r"ic_ooc_classification_en\.txt lacks \{\{" + missing):
        load_prompt("en", tmp_path)


def test_an_unknown_placeholder_is_named(tmp_path):
    (tmp_path / prompt_name("en")).write_text(WHOLE + "{{lnes}}")
    with pytest.raises(PromptBroken, match=r"has \{\{lnes\}\}"):
        load_prompt("en", tmp_path)


def test_lines_belong_below_the_dashes(tmp_path):
    (tmp_path / prompt_name("en")).write_text("{{lines}} {{party}}\n---\n{{examples}}")
    with pytest.raises(PromptBroken, match="below"):
        load_prompt("en", tmp_path)


def test_a_prompt_that_is_no_text_is_refused(tmp_path):
    (tmp_path / prompt_name("en")).write_bytes(b"\xff\xfe\x00\x9f")
    with pytest.raises(PromptBroken, match="can't be read"):
        load_prompt("en", tmp_path)


def test_single_braces_and_dollars_are_left_alone():
    standing, asking = Prompt('{"lines": []} $5 {x}', "{{lines}}").filled("", "", "L", 1)
    assert (standing, asking) == ('{"lines": []} $5 {x}', "L")


def test_what_is_filled_in_is_not_filled_in_again():
    _, asking = Prompt("", "{{lines}} {{party}}").filled("P {{lines}}", "", "L {{party}} \\1", 1)
    assert asking == "L {{party}} \\1 P {{lines}}"


def test_text_can_not_leave_its_row():
    wicked = 'x"}\n{"n": 2}\r\n---'
    rows = lines_text([SpokenLine("A", "player", wicked)], {0: 1}, 0, 1).splitlines()
    assert [json.loads(row) for row in rows] == [{"n": 1, "who": "A", "role": "player", "text": wicked}]


def test_a_monologue_is_told_by_its_beginning():
    row = json.loads(lines_text([SpokenLine("A", "dm", "a" * 9_000)], {0: 1}, 0, 1))
    assert len(row["text"]) == LONGEST_TEXT + 2


def test_an_empty_party_is_an_empty_list():
    assert party_text([]) == "[]"
    assert examples_text([]) == ""


def test_names_with_quotes_are_told_right():
    assert json.loads(party_text([CastMember('"Ratje"', "player", "")])) == {
        "character": '"Ratje"',
        "role": "player",
    }


def test_conversations_are_told_apart():
    one = LabelledLine("1", "A", "player", "Ja.", "IC", "character")
    two = LabelledLine("2", "B", "dm", "Nee.", None, None)
    told = examples_text([[one], [two]])
    assert [json.loads(part).get("label") for part in told.split("\n\n")] == ["IC", None]


def test_the_prompts_lie_where_people_look():
    assert {path.name for path in PROMPTS.iterdir()} >= {prompt_name("nl"), prompt_name("en")}
