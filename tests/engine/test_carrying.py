"""What people shaped stands; what is heard anew goes to it or stays a line of its own, each word exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.carrying import Parted, part, says_the_same
from engine.placing import LineBefore
from engine.values import Line, Word

VOCABULARY = ("ja", "de", "draak", "Ja,", "grot", "we", "gaan", "élf")


def line(start_ms: int, text: str, voice: int | None = 0, word_ms: int = 400) -> Line:
    """A line whose words follow on each other, each ``word_ms`` long."""
    words = tuple(
        Word(start_ms + at * word_ms, start_ms + (at + 1) * word_ms, word, 0.9)
        for at, word in enumerate(text.split())
    )
    return Line(start_ms, words[-1].end_ms if words else start_ms + word_ms, voice, words, heard=bool(words))


def before(made: Line, kept: bool = True, written: Line | None = None) -> LineBefore:
    return LineBefore(
        made.start_ms,
        made.end_ms,
        frozenset({made.voice}),
        [word.to_json() for word in made.words],
        [word.to_json() for word in written.words] if written else (),
        kept,
    )


def parted(earlier: Sequence[LineBefore], *lines: Line) -> Parted:
    return part(earlier, lines, [each.voice for each in lines])


def texts(found: Parted) -> dict[int, str]:
    return {at: " ".join(word.text for _, word in words) for at, words in found.given.items()}


def left(found: Parted) -> list[tuple[str, int, int]]:
    return [(each.text, each.start_ms, each.end_ms) for each in found.left]


def test_words_before_and_after_become_lines_of_their_own_and_keep_their_times() -> None:
    kept = line(2000, "we gaan weg")
    found = parted([before(kept)], line(0, "een twee drie vier vijf wij gaan weg zes zeven acht negen"))

    assert texts(found) == {0: "wij gaan weg"}
    assert left(found) == [("een twee drie vier vijf", 0, 2000), ("zes zeven acht negen", 3200, 4800)]
    assert [word.start_ms for word in found.left[1].words] == [3200, 3600, 4000, 4400]


def test_a_word_across_the_edge_of_a_kept_line_goes_with_the_word_beside_it() -> None:
    kept = line(900, "de grotten")
    found = parted([before(kept)], line(1000, "de rotten hoor", word_ms=500))

    assert texts(found) == {0: "de rotten"}
    assert left(found) == [("hoor", 2000, 2500)]


def test_somebody_else_who_talks_at_the_same_time_stays_a_line() -> None:
    kept = line(0, "we gaan naar de grot van de draak")
    aside = line(800, "wie wil thee", voice=1)
    found = parted([before(kept)], line(0, "we gaan naar de kroot van de draak"), aside)

    assert texts(found) == {0: "we gaan naar de kroot van de draak"}
    assert found.left == (aside,)


def test_a_word_of_somebody_who_was_there_before_is_not_taken_for_the_kept_lines_own() -> None:
    kept, other = line(0, "ja de grot"), line(100, "ja ik ook", voice=1)
    found = parted(
        [before(kept), before(other, kept=False)], line(400, "de grot"), line(100, "ja ik ook", voice=1)
    )

    assert texts(found) == {0: "de grot"}
    assert [each.text for each in found.left] == ["ja ik ook"]


def test_a_line_whose_voice_was_heard_anew_takes_all_its_words() -> None:
    kept = line(0, "Gandolf greet you warmly")
    found = parted([before(kept)], line(50, "Gandalf greets you warmly", voice=7))

    assert texts(found) == {0: "Gandalf greets you warmly"}
    assert found.left == ()


def test_words_that_a_person_wrote_are_found_too() -> None:
    heard, wrote = line(0, "gans olf"), line(0, "Gandalf zwijgt")
    found = parted(
        [before(heard, written=wrote)], line(0, "gandalf zwijgt", voice=3), line(5000, "gans", voice=3)
    )

    assert texts(found) == {0: "gandalf zwijgt"}
    assert [each.text for each in found.left] == ["gans"]


def test_a_word_a_little_outside_the_line_goes_with_it() -> None:
    kept = line(1000, "naar de grot")
    found = parted([before(kept)], line(600, "naar de grot"), line(3000, "grot"))

    assert texts(found) == {0: "naar de grot"}
    assert [each.text for each in found.left] == ["grot"]


def test_speech_without_words_is_marked_once() -> None:
    marked = line(0, "", voice=1)
    wrote = before(marked, written=line(0, "Psst", voice=1))

    assert parted([wrote], line(0, "", voice=1), line(9000, "", voice=1)).left == (line(9000, "", voice=1),)
    assert texts(parted([wrote], line(0, "pst", voice=1))) == {0: "pst"}


def test_words_heard_where_somebody_removed_a_mark_are_news() -> None:
    found = parted([before(line(0, ""))], line(0, "help"))

    assert found.given == {}
    assert [each.text for each in found.left] == ["help"]


def test_texts_are_compared_without_what_does_not_matter() -> None:
    assert says_the_same("Ja — de DRAAK!", "ja, de draak")
    assert not says_the_same("ja", "ja ja")


WORDS = st.lists(
    st.tuples(st.sampled_from(VOCABULARY), st.integers(1, 700), st.sampled_from([0, 0, 0, 90, 900])),
    max_size=7,
)


@st.composite
def lines(draw: st.DrawFn, most: int = 8) -> list[Line]:
    """Lines of up to three voices, in the order of their starts, many at the same time."""
    made = []
    for _ in range(draw(st.integers(0, most))):
        start = at = draw(st.integers(0, 12_000))
        words = []
        for text, length, pause in draw(WORDS):
            words.append(Word(at, at + length, text, 0.5))
            at += length + pause
        end = max(at, start + 200)
        made.append(Line(start, end, draw(st.sampled_from([None, 0, 1])), tuple(words), bool(words)))
    return sorted(made, key=lambda each: (each.start_ms, each.end_ms))


def words_of(found: Parted) -> Counter[Word]:
    return Counter(
        [word for words in found.given.values() for _, word in words]
        + [word for each in found.left for word in each.words]
    )


@given(lines(), st.data(), lines())
def test_each_word_goes_to_one_line_and_only_kept_lines_get_any(
    old: list[Line], data: st.DataObject, new: list[Line]
) -> None:
    earlier = [before(each, kept=data.draw(st.booleans())) for each in old]

    found = parted(earlier, *new)

    assert words_of(found) == Counter(word for each in new for word in each.words)
    assert all(earlier[at].kept and words for at, words in found.given.items())
    for at, words in found.given.items():
        for _, word in words:
            middle = (word.start_ms + word.end_ms) / 2
            assert earlier[at].start_ms - 1000 < middle < earlier[at].end_ms + 1000
    for each in found.left:
        assert each.words or not each.heard
        assert all(each.start_ms <= word.start_ms and word.end_ms <= each.end_ms for word in each.words)


@pytest.mark.slow
@given(lines(), st.data(), lines())
def test_the_same_hearing_once_more_changes_nothing(
    old: list[Line], data: st.DataObject, new: list[Line]
) -> None:
    earlier = [before(each, kept=data.draw(st.booleans())) for each in old]
    once = parted(earlier, *new)
    kept = [
        LineBefore(
            line_before.start_ms,
            line_before.end_ms,
            line_before.voices,
            [word.to_json() for _, word in once.given[at]] if at in once.given else line_before.heard,
            line_before.heard,
            kept=True,
        )
        for at, line_before in enumerate(earlier)
        if line_before.kept
    ]

    twice = parted([*kept, *(before(each, kept=False) for each in once.left)], *new)

    numbers = [at for at, line_before in enumerate(earlier) if line_before.kept]
    assert {numbers[at]: words for at, words in twice.given.items()} == once.given
    assert twice.left == once.left


@given(lines(), st.sets(st.integers(0, 8)))
def test_lines_heard_as_before_are_what_they_were(old: list[Line], kept: set[int]) -> None:
    earlier = [before(each, kept=at in kept) for at, each in enumerate(old)]

    found = parted(earlier, *old)

    assert sum(found.given.values(), ()) or not any(old[at].words for at in kept if at < len(old))
    assert [word for each in found.left for word in each.words] == [
        word for at, each in enumerate(old) if at not in kept for word in each.words
    ]
