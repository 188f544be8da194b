from dataclasses import replace

import pytest

from engine.classification import builtin
from engine.classification.learning import FEWEST, learn
from engine.classification.training import Conversation
from tests.engine.classification.made_up import conversation, conversations


@pytest.fixture(autouse=True)
def tiny_examples(monkeypatch):
    """What comes with Scribe is a handful of made-up conversations, so that a model is trained in no time."""
    monkeypatch.setattr(
        builtin,
        "shipped_conversations",
        lambda part=list: [Conversation.of(lines, "en") for lines in conversations(4)],
    )
    builtin._base.cache_clear()
    builtin.trained.cache_clear()
    yield
    builtin._base.cache_clear()
    builtin.trained.cache_clear()


def of_a_group(session, stretch=0):
    """A group that calls its dice swords and its food wolves."""
    return [
        replace(line, text="I walk my purple wolf past the sword and sneak a mango in the shadows.")
        if line.label == "OOC"
        else line
        for line in conversation(f"{session}/{stretch}", "bridge")
    ]


def test_too_few_corrections_are_said_to_be_too_few():
    found = learn("en", of_a_group("one")[: FEWEST - 1])
    assert found.are_too_few
    assert not found.is_better
    assert found.score_with is None


def test_words_of_a_group_are_learnt_from_its_corrections():
    corrections = [line for n in range(4) for line in of_a_group(f"session-{n}")]
    found = learn("en", corrections)
    assert found.seen == 32
    assert found.score_with > found.score_without
    assert found.is_better


def test_labels_that_contradict_each_other_are_not_used():
    corrections = [line for n in range(4) for line in conversation(f"session-{n}")]
    turned = {"IC": ("OOC", "ooc_other"), "OOC": ("IC", "character")}
    muddled = [
        replace(line, label=turned[line.label][0], kind=turned[line.label][1])
        if line.conversation in ("session-0", "session-3") and place % 2
        else line
        for place, line in enumerate(corrections)
    ]
    found = learn("en", muddled)
    assert found.is_better == (found.score_with > found.score_without)


def test_lines_without_a_label_only_give_context():
    corrections = [line for n in range(4) for line in of_a_group(f"session-{n}")]
    silent = [replace(line, label=None, kind=None) if line.kind == "rules" else line for line in corrections]
    assert learn("en", silent).seen == 24


@pytest.mark.parametrize("names", [["one/0", "one/1", "one/2"], ["one/0"] * 3])
def test_one_session_is_split_by_stretch_or_by_place(names):
    corrections = [replace(line, conversation=name) for name in names for line in of_a_group("one")]
    found = learn("en", corrections)
    assert not found.are_too_few
    assert 0 <= found.score_without <= 1
    assert 0 <= found.score_with <= 1


@pytest.mark.slow
def test_learning_twice_gives_the_same():
    corrections = [line for n in range(3) for line in of_a_group(f"session-{n}")]
    assert learn("en", corrections) == learn("en", corrections)
