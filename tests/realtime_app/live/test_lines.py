"""Live lines as the page takes them."""

from __future__ import annotations

import pytest

from realtime_app.live.lines import MOST, last_lines, lines_after, rendered
from sessions_app.models import Tier
from speakers_app.decisions import name_voice
from tests.realtime_app.live.conftest import say

pytestmark = pytest.mark.django_db


def test_line_has_its_voices_name_and_colour(session, voice):
    (message,) = rendered(session, [say(session, "Who goes there?", voice)])
    assert "voice-1" in message["html"]
    assert "Speaker 1" in message["html"]
    assert "Who goes there?" in message["html"]


def test_line_takes_the_name_that_its_voice_has_now(session, voice, editor):
    line = say(session, "Who goes there?", voice)
    name_voice(voice, "Anna", editor)
    assert ">Anna<" in rendered(session, [line])[0]["html"]


def test_line_of_nobody_has_a_question_mark(session):
    html = rendered(session, [say(session, "Hm.")])[0]["html"]
    assert ">?<" in html
    assert "voice-1" not in html


def test_what_is_said_cannot_become_markup(session):
    html = rendered(session, [say(session, "<script>alert(1)</script>")])[0]["html"]
    assert "<script>" not in html


def test_unsure_words_are_marked(session):
    line = say(session, "Open sesame", words=[[0, 300, "Open", 0.9], [300, 800, "sesame", 0.2]])
    assert '<span class="unsure">sesame</span>' in rendered(session, [line])[0]["html"]


def test_numbers_in_attributes_are_never_grouped(session):
    html = rendered(session, [say(session, "Late.", position=12_345, start_ms=7_200_000)])[0]["html"]
    assert 'data-position="12345"' in html
    assert 'data-start="7200000"' in html


def test_lines_after_a_position_come_in_order(session):
    lines = [say(session, str(number)) for number in range(5)]
    assert lines_after(session, lines[1].position) == lines[2:]


def test_page_that_missed_very_much_gets_the_last_of_it(session):
    for number in range(MOST + 3):
        say(session, str(number))
    found = lines_after(session, 0)
    assert len(found) == MOST
    assert found[-1].text == str(MOST + 2)


def test_lines_of_the_full_quality_pass_are_not_live(session):
    say(session, "Once upon a time", tier=Tier.BATCH)
    live = say(session, "Now")
    assert last_lines(session) == [live]


def test_earlier_lines_end_before_the_position(session):
    lines = [say(session, str(number)) for number in range(5)]
    assert last_lines(session, 2, before=lines[3].position) == lines[1:3]


def test_many_lines_take_few_queries(session, voice, django_assert_max_num_queries):
    lines = [say(session, str(number), voice) for number in range(40)]
    with django_assert_max_num_queries(3):
        rendered(session, lines)
