"""What people said of lines holds for the lines that take their place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.models import LabelBy, Segment
from sessions_app.transcripts.corrections import Corrections, EarlierLine


def carried(earlier: list[EarlierLine], *now: tuple[int, int, int]) -> list[tuple[int | None, int | None]]:
    """Returns voice and character of new lines of ``start_ms, end_ms, heard voice``."""
    lines = [
        Segment(start_ms=start, end_ms=end, voice_id=heard, heard_voice_id=heard) for start, end, heard in now
    ]
    kept = Corrections(tuple(sorted(earlier, key=lambda line: line.start_ms)))
    return [(line.voice_id, line.character_id) for line in kept.applied_to(lines)]


def test_line_that_was_cut_in_two_keeps_its_voice_in_both():
    moved = EarlierLine(0, 1000, heard_voice=1, voice=2, character=7)
    assert carried([moved], (0, 500, 1), (500, 1000, 1)) == [(2, 7), (2, 7)]


def test_less_than_half_says_nothing():
    moved = EarlierLine(0, 400, heard_voice=1, voice=2, character=7)
    assert carried([moved], (0, 1000, 1)) == [(1, None)]


def test_what_was_said_of_one_does_not_spill_over_to_who_talked_at_the_same_time():
    story = EarlierLine(0, 1000, heard_voice=1, voice=1, character=None)
    aside = EarlierLine(200, 800, heard_voice=2, voice=3, character=7)
    assert carried([story, aside], (0, 1000, 1), (200, 800, 2)) == [(1, None), (3, 7)]


def test_line_keeps_what_was_said_though_the_machine_hears_somebody_else_in_it_now():
    moved = EarlierLine(0, 1000, heard_voice=1, voice=2, character=None)
    assert carried([moved], (0, 1000, 5)) == [(2, None)]


def test_line_that_is_nobodys_stays_so():
    assert carried([EarlierLine(0, 1000, 1, None, None)], (0, 1000, 1)) == [(None, None)]


def test_short_line_after_a_long_one_is_found():
    long = EarlierLine(0, 9000, heard_voice=1, voice=1, character=None)
    short = EarlierLine(100, 200, heard_voice=2, voice=2, character=None)
    moved = EarlierLine(8000, 8500, heard_voice=2, voice=3, character=None)
    assert carried([long, short, moved], (0, 9000, 1), (8000, 8500, 2)) == [(1, None), (3, None)]


def labelled(start: int, end: int, label: str, kind: str = "character", heard: int = 1) -> EarlierLine:
    return EarlierLine(start, end, heard, heard, None, label, kind if label else "")


def labels(earlier: list[EarlierLine], *now: tuple[int, int, int]) -> list[tuple[str, str, str]]:
    lines = [Segment(start_ms=start, end_ms=end, heard_voice_id=heard) for start, end, heard in now]
    kept = Corrections(tuple(sorted(earlier, key=lambda line: line.start_ms)))
    return [(line.label, line.label_kind, line.label_by) for line in kept.applied_to(lines)]


def test_label_of_most_of_a_lines_time_is_kept_as_a_persons():
    earlier = [labelled(0, 400, "OOC", "rules"), labelled(400, 1000, "IC")]
    assert labels(earlier, (0, 1000, 1)) == [("IC", "character", LabelBy.PERSON)]


def test_lines_of_one_label_count_together_and_the_longest_gives_the_kind():
    earlier = [labelled(0, 400, "IC", "npc"), labelled(400, 700, "IC"), labelled(700, 1000, "")]
    assert labels(earlier, (0, 1000, 1)) == [("IC", "npc", LabelBy.PERSON)]


def test_label_does_not_spill_over_to_who_talked_at_the_same_time():
    earlier = [labelled(0, 1000, "IC"), labelled(200, 800, "", heard=2)]
    assert labels(earlier, (0, 1000, 1), (200, 800, 2)) == [("IC", "character", LabelBy.PERSON), ("", "", "")]


CUTS = st.lists(st.integers(1, 60), min_size=1, max_size=12)


@given(before=CUTS, said=st.lists(st.sampled_from(("", "IC", "OOC")), min_size=12, max_size=12), after=CUTS)
def test_line_takes_over_exactly_the_label_of_more_than_half_of_its_time(before, said, after):
    """One voice, whose lines follow on each other, cut in one way and then in another."""

    def lines(lengths: list[int]) -> list[tuple[int, int]]:
        ends = [sum(lengths[: count + 1]) for count in range(len(lengths))]
        return list(zip([0, *ends], ends, strict=False))

    earlier = [labelled(start, end, label) for (start, end), label in zip(lines(before), said, strict=False)]
    at = {ms: line.label for line in earlier for ms in range(line.start_ms, line.end_ms)}
    found = labels(earlier, *((start, end, 1) for start, end in lines(after)))
    for (start, end), (label, _kind, by) in zip(lines(after), found, strict=True):
        times = [at.get(ms, "") for ms in range(start, end)]
        expected = [each for each in ("IC", "OOC") if 2 * times.count(each) > end - start]
        assert [label] == (expected or [""])
        assert by == (LabelBy.PERSON if expected else "")
