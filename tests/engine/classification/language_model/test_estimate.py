"""What asking takes is told beforehand, and comes close to what is then sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.classification.language_model import estimate
from engine.classification.language_model.estimate import ASSUMED_SECONDS_A_LINE, CHARACTERS_A_TOKEN
from engine.classification.values import LabelledLine, Verdict
from tests.engine.classification.language_model.conftest import CAST, classifier_of, story


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_counts_what_is_then_sent(server, language):
    corrections = [LabelledLine("1", "Cas", "player", "Hoi.", "OOC", "ooc_other")]
    lines = story(130)
    told = estimate(lines, CAST, language, corrections)
    classifier_of(server, language, corrections).classify(lines, CAST)
    sent = sum(len(asked.standing) + len(asked.asking) for asked in server.requests)
    assert told.requests == len(server.requests) == 4
    assert told.lines == 130
    assert told.tokens_in == pytest.approx(sent / CHARACTERS_A_TOKEN[language], rel=0.02)


def test_nothing_to_ask_costs_nothing():
    lines = [replace(line, said=Verdict("IC", "character")) for line in story(50)]
    told = estimate(lines, CAST, "nl", price_in=3, price_out=15)
    assert (told.lines, told.requests, told.tokens_in, told.tokens_out, told.cost, told.seconds) == (
        0,
        0,
        0,
        0,
        0,
        0,
    )


def test_the_cost_follows_the_prices():
    told = estimate(story(80), CAST, "nl", price_in=3.0, price_out=15.0)
    assert told.cost == pytest.approx(told.tokens_in * 3e-6 + told.tokens_out * 15e-6)


def test_without_prices_there_is_no_cost():
    assert estimate(story(80), CAST, "nl").cost is None


def test_the_time_is_assumed_until_it_is_measured():
    assumed = estimate(story(80), CAST, "nl")
    assert (assumed.seconds, assumed.is_measured) == (80 * ASSUMED_SECONDS_A_LINE, False)
    measured = estimate(story(80), CAST, "nl", seconds_per_line=0.25)
    assert (measured.seconds, measured.is_measured) == (20, True)


def test_a_broken_prompt_does_not_stand_in_the_way(tmp_path):
    (tmp_path / "ic_ooc_classification_nl.txt").write_text("kapot")
    assert estimate(story(3), CAST, "nl", prompts_dir=tmp_path).requests == 1
