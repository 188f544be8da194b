"""Whatever a model writes, reading it raises nothing and gives only what was asked for and fits together."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.classification.language_model.answers import CastNames, read_answer
from engine.classification.values import KINDS, LABELS, CastMember, Verdict

CAST = CastNames([CastMember("Elara", "player", "", ("El", "Bo")), CastMember("Bo", "player")])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=10,
)
rows = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(-1, 5) | anything,
        "label": st.sampled_from(LABELS) | anything,
        "kind": st.sampled_from(KINDS) | anything,
        "character": st.sampled_from(["Elara", "el", ""]) | anything,
        "confidence": st.floats(0, 1) | anything,
    },
)


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_read(text):
    assert read_answer(text, [1, 2], CAST) == {}


@settings(deadline=None)
@given(st.lists(rows, max_size=8))
def test_any_rows_give_valid_verdicts_of_asked_lines_only(some):
    found = read_answer(json.dumps({"lines": some}), [1, 2, 3], CAST)
    assert set(found) <= {1, 2, 3}
    assert all(0.5 <= verdict.confidence <= 0.99 for verdict in found.values())
    assert all(verdict.character in ("", "Elara", "Bo") for verdict in found.values())


@settings(deadline=None)
@given(st.lists(st.sampled_from(["IC", "OOC"]), min_size=1, max_size=6), st.integers(0, 600))
def test_an_answer_cut_off_anywhere_gives_its_whole_lines(labels, cut):
    kinds = {"IC": "npc", "OOC": "rules"}
    some = [
        {"n": n, "label": label, "kind": kinds[label], "character": "", "confidence": 0.9}
        for n, label in enumerate(labels, start=1)
    ]
    text = json.dumps({"lines": some})[:cut]
    found = read_answer(text, range(1, len(some) + 1), CAST)
    assert sorted(found) == list(
        range(1, text.count("}") + 1 if text.count("}") <= len(some) else len(some) + 1)
    )


def test_a_name_comes_before_an_alias():
    text = '{"n": 1, "label": "IC", "kind": "character", "character": " bo ", "confidence": 0.8}'
    assert read_answer(text, [1], CAST) == {1: Verdict("IC", "character", 0.8, "Bo")}


def test_whoever_is_out_of_character_speaks_as_nobody():
    text = '[{"n": "1", "label": "ooc", "kind": "Rules", "character": "Elara", "confidence": "0.8"}]'
    assert read_answer(text, [1], CAST) == {1: Verdict("OOC", "rules", 0.8)}


def test_an_answer_nested_too_deep_for_python_is_none(monkeypatch):
    # A real one would do, but Python stops tracing after it, and coverage with it.
    def too_deep(self: json.JSONDecoder, text: str, at: int) -> None:
        raise RecursionError

    monkeypatch.setattr(json.JSONDecoder, "raw_decode", too_deep)
    assert read_answer('{"a": {"a": 1}}', [1], CAST) == {}
