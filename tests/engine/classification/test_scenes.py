"""Scenes: every line is in one, and they change where the evening does."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.classification.scenes import BREAK_MS, PAUSE_MS, SCENE_MS, TURN_MS, SceneLine, scenes


def talk(start_ms: int, length_ms: int, label, voice: int = 1) -> list[SceneLine]:
    """Lines of five seconds each, without pauses."""
    return [SceneLine(ms, ms + 5000, label, voice) for ms in range(start_ms, start_ms + length_ms, 5000)]


def test_no_lines_are_no_scenes():
    assert scenes([]) == []


def test_short_aside_stays_in_its_scene():
    lines = [*talk(0, 120_000, "IC"), *talk(120_000, TURN_MS - 10_000, "OOC"), *talk(170_000, 120_000, "IC")]
    (scene,) = scenes(lines)
    assert (scene.kind, scene.start_ms, scene.end_ms, scene.lines) == ("story", 0, 290_000, len(lines))


def test_long_talk_between_story_is_a_scene_of_its_own():
    lines = [*talk(0, 120_000, "IC"), *talk(120_000, 90_000, "OOC", 2), *talk(210_000, 120_000, "IC")]
    assert [scene.kind for scene in scenes(lines)] == ["story", "table", "story"]


def test_pause_ends_a_scene():
    lines = [*talk(0, 60_000, "IC"), *talk(60_000 + PAUSE_MS, 60_000, "IC")]
    assert [scene.start_ms for scene in scenes(lines)] == [0, 60_000 + PAUSE_MS]


def test_break_is_listed():
    lines = [*talk(0, 60_000, "IC"), *talk(60_000 + BREAK_MS, 60_000, "IC")]
    assert [(scene.kind, scene.duration_ms) for scene in scenes(lines)] == [
        ("story", 60_000),
        ("break", BREAK_MS),
        ("story", 60_000),
    ]


def test_a_few_words_before_the_story_do_not_make_a_scene():
    lines = [*talk(0, 10_000, "OOC"), *talk(10_000, 120_000, "IC")]
    assert [scene.kind for scene in scenes(lines)] == ["story"]


def test_lines_without_a_label_go_with_those_before_them():
    lines = [*talk(0, 90_000, None), *talk(90_000, 90_000, "OOC"), *talk(180_000, 90_000, "MIXED")]
    assert [scene.kind for scene in scenes(lines)] == ["table"]


def test_session_without_labels_is_divided_at_pauses_alone():
    lines = [*talk(0, 60_000, None), *talk(60_000 + PAUSE_MS, 60_000, None)]
    assert [scene.kind for scene in scenes(lines)] == ["story", "story"]


def test_very_long_scene_is_divided_at_a_breath():
    lines = [*talk(0, SCENE_MS - 60_000, "IC"), *talk(SCENE_MS - 40_000, SCENE_MS - 60_000, "IC")]
    assert [scene.start_ms for scene in scenes(lines)] == [0, SCENE_MS - 40_000]


def test_voices_are_listed_by_how_much_they_say():
    lines = [*talk(0, 20_000, "IC", 3), *talk(20_000, 40_000, "IC", 1), SceneLine(60_000, 61_000, "IC", None)]
    assert scenes(lines)[0].voices == (1, 3)


def test_overlapping_lines_make_no_pause():
    lines = [
        SceneLine(0, 100_000, "IC", 1),
        SceneLine(1000, 2000, "IC", 2),
        SceneLine(100_500, 101_000, "IC", 1),
    ]
    assert len(scenes(lines)) == 1


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300_000), st.integers(1, 60_000), st.sampled_from(["IC", "OOC", "MIXED", None])
        ),
        max_size=40,
    )
)
def test_every_line_is_in_exactly_one_scene_and_scenes_are_in_order(steps):
    lines, at = [], 0
    for gap, length, label in steps:
        at += gap
        lines.append(SceneLine(at, at + length, label, 1))
        at += length
    found = scenes(lines)
    assert sum(scene.lines for scene in found) == len(lines)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    assert all(scene.start_ms <= scene.end_ms for scene in found)
    spoken = [scene for scene in found if scene.kind != "break"]
    for line in lines:
        assert sum(s.start_ms <= line.start_ms and line.end_ms <= s.end_ms for s in spoken) == 1
