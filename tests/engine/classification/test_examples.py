import json

import pytest

from engine.classification import examples
from engine.classification.values import KINDS_OF
from tests.engine.classification.made_up import conversation

ROW = {
    "conversation": "a",
    "speaker": "Sanne",
    "role": "DM",
    "text": "De deur kraakt.",
    "label": "ic",
    "kind": "dm_narration",
    "character": "",
}


def write(tmp_path, *rows):
    path = tmp_path / "other.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def test_roles_and_labels_may_be_in_either_case(tmp_path):
    (line,) = examples.read(write(tmp_path, ROW))
    assert (line.role, line.label, line.kind) == ("dm", "IC", "dm_narration")


def test_kind_character_and_role_may_be_missing(tmp_path):
    row = {key: ROW[key] for key in ("conversation", "speaker", "text", "label")}
    (line,) = examples.read(write(tmp_path, row))
    assert (line.role, line.kind, line.character) == ("", None, "")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{", "other.jsonl, line 3"),
        ("[1]", "not a JSON object"),
        (ROW | {"text": ""}, "no text"),
        (ROW | {"label": "STORY"}, "'STORY'"),
        (ROW | {"role": "wizard"}, "'wizard'"),
        (ROW | {"kind": "rules"}, "'rules'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, row, complaint):
    with pytest.raises(examples.BadExample, match=r"line 3") as wrong:
        examples.read(write(tmp_path, ROW, "", row))
    assert complaint in str(wrong.value)


def test_a_character_is_usual_for_a_speaker_in_all_lines():
    spoken = examples.as_spoken(conversation("a"))
    assert {line.character for line in spoken if line.speaker == "Pim"} == {"Elara"}
    assert {line.character for line in spoken if line.speaker == "Dana"} == {""}
    assert [(member.name, member.player) for member in examples.cast_of(conversation("a"))] == [
        ("Elara", "Pim")
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_shipped_examples_are_whole_conversations_of_which_a_fifth_is_kept_aside(language):
    lines = examples.shipped(language)
    assert len(lines) >= 600
    runs = [
        one
        for one, other in zip([None, *lines], lines, strict=False)
        if not one or one.conversation != other.conversation
    ]
    assert len(runs) == len(examples.conversations(lines))
    aside = examples.part_kept_aside(lines)
    assert 0.12 < len(aside) / len(lines) < 0.28
    assert not {line.conversation for line in aside} & {
        line.conversation for line in examples.learning_part(lines)
    }
    assert all(line.kind in KINDS_OF[line.label] for line in lines)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_about_one_shipped_line_in_twenty_is_mixed(language):
    lines = examples.shipped(language)
    assert 0.02 < sum(line.label == "MIXED" for line in lines) / len(lines) < 0.08
