import time
from dataclasses import replace

import pytest

from engine.classification import examples
from engine.classification.builtin import BuiltinClassifier, shipped_conversations
from engine.classification.plain import plain_lines
from engine.classification.roles import with_roles
from engine.classification.scoring import score
from engine.classification.training import Conversation, train
from engine.classification.values import CastMember, SpokenLine, Verdict
from tests.engine.classification.made_up import conversation, conversations


@pytest.fixture(scope="module")
def tiny():
    return train([Conversation.of(lines, "en") for lines in conversations()])


@pytest.fixture(scope="module")
def learning_part():
    return train(shipped_conversations(examples.learning_part))


def classify(model, lines, cast=(), language="en"):
    return BuiltinClassifier(language, model=model).classify(lines, list(cast))


def spoken(thing="tower"):
    return examples.as_spoken(conversation("new", thing))


def test_what_follows_the_pattern_is_told_apart(tiny):
    verdicts = classify(tiny, spoken("ruin"))
    expected = conversation("new")
    assert [(one.label, one.kind) for one in verdicts] == [(one.label, one.kind) for one in expected]
    assert all(0.4 < one.confidence <= 1 for one in verdicts)


def test_training_twice_gives_the_same(tiny):
    again = train([Conversation.of(lines, "en") for lines in conversations()])
    assert classify(again, spoken()) == classify(tiny, spoken())


def test_what_a_person_said_stays(tiny):
    said = Verdict("OOC", "ooc_other", 1.0)
    lines = spoken()
    lines[0] = replace(lines[0], said=said)
    assert classify(tiny, lines)[0] == said


@pytest.mark.slow
def test_what_a_person_said_helps_to_judge_the_lines_around():
    model = train(shipped_conversations(examples.learning_part))
    reaction = SpokenLine("Pim", "player", "Ja.")

    def story(said):
        lines = [SpokenLine("Pim", "player", "Ja."), SpokenLine("Dana", "dm", "Hm.", said=said), reaction]
        return classify(model, lines, language="nl")[2]

    in_story, at_table = story(Verdict("IC", "npc")), story(Verdict("OOC", "ooc_other"))
    assert (in_story.label, at_table.label) == ("IC", "OOC") or in_story.confidence != at_table.confidence


def test_the_speakers_own_character_speaks(tiny):
    verdicts = classify(tiny, spoken())
    assert verdicts[1].kind == "character"
    assert verdicts[1].character == "Elara"
    assert verdicts[3].character == ""


def test_no_lines_give_no_verdicts(tiny):
    assert classify(tiny, []) == []


def test_progress_is_told_and_stops_the_work(tiny):
    told = []
    BuiltinClassifier("en", model=tiny).classify(spoken(), [], lambda *row: told.append(row))
    assert told[0] == ("classify", 0, 8)
    assert told[-1] == ("classify", 8, 8)

    def stop(stage, done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        BuiltinClassifier("en", model=tiny).classify(spoken(), [], stop)


def test_id_tells_languages_and_corrections_apart():
    lines = tuple(conversation("a"))
    ids = {
        BuiltinClassifier("nl").classifier_id,
        BuiltinClassifier("en").classifier_id,
        BuiltinClassifier("en", lines).classifier_id,
        BuiltinClassifier("en", lines[:3]).classifier_id,
    }
    assert len(ids) == 4
    assert BuiltinClassifier("en", lines).classifier_id == BuiltinClassifier("en", list(lines)).classifier_id


def test_one_conversation_is_too_little_to_learn_from():
    with pytest.raises(ValueError, match="two groups"):
        train([Conversation.of(conversation("a"), "en")])


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
def test_conversations_kept_aside_are_told_apart(learning_part, language):
    lines = examples.part_kept_aside(examples.shipped(language))
    verdicts = [
        verdict
        for one in examples.conversations(lines)
        for verdict in classify(learning_part, examples.as_spoken(one), examples.cast_of(one), language)
    ]
    found = score(lines, verdicts)
    assert found.macro_f1 > 0.8
    assert found.calibration_error < 0.08
    assert found.sure_accuracy > 0.85


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en"])
def test_game_master_whom_nobody_named_is_told_by_the_narrating(learning_part, language):
    guessed = []
    for one in examples.conversations(examples.part_kept_aside(examples.shipped(language))):
        known = examples.as_spoken(one)
        lines = plain_lines([replace(line, role="") for line in known], examples.cast_of(one))
        found = {line.speaker for line in with_roles(lines, learning_part, language) if line.is_dm}
        guessed.append(found == {line.speaker for line in known if line.role == "dm"})
    assert sum(guessed) / len(guessed) > 0.75


@pytest.mark.slow
def test_a_long_evening_takes_seconds(learning_part):
    lines = (examples.as_spoken(examples.shipped("nl")) * 6)[:5_700]
    began = time.monotonic()
    classify(learning_part, lines, [CastMember("Brandaan", "player")], "nl")
    assert time.monotonic() - began < 30
