"""What people said of lines holds for the lines that take their place."""

from __future__ import annotations

from sessions_app.models import Segment
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
