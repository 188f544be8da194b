import json
from dataclasses import asdict

import pytest

from engine.classification.scoring import score
from engine.classification.training import Conversation, train
from engine.classification.values import Verdict
from engine.fakes import FakeClassifier
from tests.engine.classification.made_up import conversation, conversations
from tools import ic_ooc_benchmark
from tools.ic_ooc_benchmark import figures_of, judge, language_of, main

DUTCH = "Ik denk dat het een val is, en dat je de deur van het huis niet open moet doen."


def write(path, *conversations_):
    path.write_text("".join(json.dumps(asdict(line)) + "\n" for lines in conversations_ for line in lines))
    return path


@pytest.fixture
def _tiny_classifier(monkeypatch):
    model = train([Conversation.of(lines, "en") for lines in conversations()])
    monkeypatch.setattr(
        ic_ooc_benchmark,
        "builtin",
        lambda *, is_complete: lambda language: ic_ooc_benchmark.BuiltinClassifier(language, model=model),
    )


@pytest.mark.usefixtures("_tiny_classifier")
def test_another_file_is_scored_and_written_as_one_flat_object(tmp_path, capsys):
    file = write(tmp_path / "other.jsonl", conversation("new", "ruin"), conversation("newer", "well"))
    assert main(["--file", str(file), "--json", str(tmp_path / "found.json")]) == 0
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["ic_ooc.en.macro_f1"] == 1
    assert found["ic_ooc.en.kind.rules_f1"] == 1
    assert found["ic_ooc.en.lines"] == 16
    assert {"ic_ooc.en.calibration_error", "ic_ooc.en.mixed_f1"} <= found.keys()
    assert not any(key.startswith("ic_ooc.nl") for key in found)
    assert "ic_ooc.en.macro_f1" in capsys.readouterr().out


@pytest.mark.usefixtures("_tiny_classifier")
def test_a_missed_target_is_told_by_the_exit_status(tmp_path):
    turned = [
        line if line.label == "OOC" else line.__class__(**(asdict(line) | {"label": "OOC", "kind": "rules"}))
        for line in conversation("new", "ruin")
    ]
    assert main(["--file", str(write(tmp_path / "other.jsonl", turned)), "--language", "en"]) == 1


def test_verdicts_come_in_the_order_of_the_lines():
    lines = conversation("a") + conversation("b")
    verdicts = judge(lines, FakeClassifier())
    assert [verdict.kind == "rules" for verdict in verdicts] == [
        "?" in line.text or any(map(str.isdigit, line.text)) for line in lines
    ]


def test_a_conversations_language_is_told_by_its_words():
    dutch = [line.__class__(**(asdict(line) | {"text": DUTCH})) for line in conversation("a")]
    assert (language_of(dutch), language_of(conversation("a"))) == ("nl", "en")


def test_figures_have_a_target_where_the_issue_sets_one():
    lines = conversation("a")
    result = score(lines, [Verdict(line.label, line.kind) for line in lines])
    targets = {figure.key: figure.at_least for figure in figures_of("nl", result) if figure.at_least}
    assert targets == {"ic_ooc.nl.macro_f1": 0.85}


def test_without_a_language_model_it_says_what_to_set(monkeypatch, tmp_path):
    from scribe_site.config import get_config

    assert not get_config().llm_url
    file = write(tmp_path / "other.jsonl", conversation("a"))
    with pytest.raises(SystemExit, match="SCRIBE_LLM_URL"):
        main(["--classifier", "model", "--file", str(file)])
