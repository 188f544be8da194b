from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.figures import FigureLine, NameCount, Named, count_names, figures

MIRA = Named("Mira", "character", ("de Vos",))
GARRICK = Named("Old Garrick", "character", ("Garrick",))
ANNA = Named("Anna", "person")


def line(start, end, label=None, voice=1, character="", text="een twee"):
    return FigureLine(start * 1000, end * 1000, text, label, voice, character)


def test_time_is_told_by_speaker_and_by_what_it_is():
    found = figures(
        [
            line(0, 4, "IC", 1, "Mira"),
            line(4, 5, "OOC", 1),
            line(5, 7, "MIXED", 2, text="een twee drie vier"),
            line(7, 10, None, 2),
        ],
        [],
    )
    one, two = (each.tally for each in found.speakers)
    assert [each.voice for each in found.speakers] == [1, 2]
    assert (one.talk_ms, one.ic_ms, one.ooc_ms, one.mixed_ms, one.unlabelled_ms) == (5000, 4000, 1000, 0, 0)
    assert (two.talk_ms, two.ic_ms, two.ooc_ms, two.mixed_ms, two.unlabelled_ms) == (5000, 0, 0, 2000, 3000)
    assert (two.lines, two.words, two.words_per_line) == (2, 6, 3.0)
    assert (found.whole.talk_ms, found.whole.turns) == (10_000, 2)


def test_lines_at_the_same_time_count_for_each_speaker():
    found = figures([line(0, 4, "IC", 1), line(1, 5, "IC", 2)], [])
    assert [each.tally.talk_ms for each in found.speakers] == [4000, 4000]
    assert found.whole.talk_ms == 8000


def test_turn_lasts_until_somebody_else_speaks():
    found = figures([line(n, n + 1, voice=voice) for n, voice in enumerate((1, 1, 2, 1, None, 1))], [])
    assert {each.voice: each.tally.turns for each in found.speakers} == {1: 3, 2: 1, None: 1}
    assert found.speakers[-1].voice is None


def test_speech_without_words_takes_time_and_makes_no_line():
    (speaker,) = figures([line(0, 2, text=""), line(2, 3)], []).speakers
    assert (speaker.tally.talk_ms, speaker.tally.lines, speaker.tally.words_per_line) == (3000, 1, 2.0)


def test_character_is_told_with_whoever_plays_it_most():
    found = figures(
        [line(0, 2, "IC", 1, "Mira"), line(2, 9, "IC", 2, "Mira"), line(9, 10, "IC", 1, "Garrick")], []
    )
    assert [(each.name, each.voice, each.tally.ic_ms) for each in found.characters] == [
        ("Mira", 2, 9000),
        ("Garrick", 1, 1000),
    ]


def test_longest_scenes_come_first_and_a_break_is_none():
    lines = [
        *(line(n, n + 2, "IC") for n in range(0, 100, 2)),
        *(line(n, n + 2, "OOC") for n in range(500, 900, 2)),
    ]
    assert [(scene.kind, scene.duration_ms) for scene in figures(lines, []).scenes] == [
        ("table", 400_000),
        ("story", 100_000),
    ]


def test_session_without_lines_has_figures_too():
    found = figures([], [MIRA])
    assert (found.whole.talk_ms, found.speakers, found.scenes, found.names) == (0, (), (), ())


@pytest.mark.parametrize(
    "text",
    [
        "Mira",
        "mira!",
        "MIRA,",
        "Míra?",
        "Mira's boog",
        "Mira\u2019s",
        "Miras",
        "Mira'",
        "(mira)",
        "de Vos",
        "de  vos\u2019",
    ],
)
def test_name_is_found_however_it_is_written(text):
    assert count_names([f"Daar is {text} weer."], [MIRA]) == [NameCount("Mira", "character", 1)]


@pytest.mark.parametrize("text", ["Miranda", "admira", "Mi ra", "vos", "de Vossen", "Mira2", ""])
def test_part_of_another_word_is_no_name(text):
    assert count_names([text], [MIRA]) == []


def test_longer_name_is_not_counted_twice():
    assert count_names(["Old Garrick, Garrick and Garricks."], [GARRICK]) == [
        NameCount("Old Garrick", "character", 3)
    ]


def test_player_who_is_also_somebody_of_the_story_is_counted_once():
    assert count_names(["Anna!"], [Named("Anna", "character"), ANNA]) == [NameCount("Anna", "character", 1)]


def test_name_that_ends_in_s_has_an_apostrophe_for_its_genitive():
    assert count_names(["Thomas' zwaard, Thomas\u2019"], [Named("Thomas", "person")]) == [
        NameCount("Thomas", "person", 2)
    ]


def test_names_that_would_act_in_a_pattern_are_only_names():
    assert count_names(
        ["C. (X) y"], [Named("(X)", "character"), Named(".*", "character"), Named(" ", "person")]
    ) == [NameCount("(X)", "character", 1)]


lines_of_an_evening = st.lists(
    st.tuples(
        st.integers(0, 90_000),
        st.sampled_from(["IC", "OOC", "MIXED", None]),
        st.sampled_from([1, 2, 3, None]),
        st.sampled_from(["", "Mira", "Garrick"]),
        st.sampled_from(["", "ja", "Mira loopt weg"]),
    ),
    max_size=30,
)


@given(lines_of_an_evening)
def test_figures_agree_with_a_plain_count(said):
    lines, start = [], 0
    for length, label, voice, character, text in said:
        lines.append(FigureLine(start, start + length, text, label, voice, character))
        start += length // 2  # so that lines overlap
    found = figures(lines, [MIRA])
    plain = Counter()
    for each in lines:
        ms = each.end_ms - each.start_ms
        plain["all", each.label] += ms
        plain["voice", each.voice, each.label] += ms
        plain["character", each.character, each.label] += ms

    def parts(tally):
        return {"IC": tally.ic_ms, "OOC": tally.ooc_ms, "MIXED": tally.mixed_ms, None: tally.unlabelled_ms}

    assert parts(found.whole) == {label: plain["all", label] for label in ("IC", "OOC", "MIXED", None)}
    assert {each.voice for each in found.speakers} == {each.voice for each in lines}
    for each in found.speakers:
        assert parts(each.tally) == {label: plain["voice", each.voice, label] for label in parts(each.tally)}
    assert {each.name for each in found.characters} == {each.character for each in lines} - {""}
    for each in found.characters:
        assert parts(each.tally) == {
            label: plain["character", each.name, label] for label in parts(each.tally)
        }
    assert (
        sum(each.tally.lines for each in found.speakers) == found.whole.lines == sum(bool(s[4]) for s in said)
    )
    assert sum(name.times for name in found.names) == sum("Mira" in s[4] for s in said)
