"""The text of a line: what people write, beside what the machine heard."""

from __future__ import annotations

import pytest

from sessions_app.editing import text
from sessions_app.models import Segment, SegmentKind
from tests.sessions_app.transcripts.telling import tell

pytestmark = pytest.mark.django_db

WORDS = [[0, 400, "the", 0.9], [400, 800, "olw", 0.3], [800, 1400, "bear", 0.8]]


@pytest.fixture
def line(session) -> Segment:
    tell(session, lines=3, voices=2)
    row = session.segments.get(position=0)
    row.start_ms, row.end_ms, row.text, row.words = 0, 1500, "the olw bear", WORDS
    row.save()
    return row


def test_what_the_machine_heard_stays_beside_what_is_written(line):
    text.write(line, "the owl bear", reviewed=False)
    text.write(line, "the owlbear", reviewed=False)
    line.refresh_from_db()
    assert (line.text, line.heard_text, line.heard_words) == ("the owlbear", "the olw bear", WORDS)
    assert (line.machine_text, line.machine_words) == ("the olw bear", WORDS)
    assert line.reviewed


def test_words_that_stay_keep_their_times_and_new_ones_are_sure(line):
    text.write(line, "the owl bear roars", reviewed=False)
    line.refresh_from_db()
    assert line.words[0] == WORDS[0]
    assert line.words[1] == [400, 800, "owl", 1.0]
    assert [word[2] for word in line.words] == ["the", "owl", "bear", "roars"]
    assert all(0 <= word[0] < word[1] <= 1500 for word in line.words)


def test_line_found_right_is_reviewed_and_not_edited(line):
    text.write(line, line.text, reviewed=True)
    line.refresh_from_db()
    assert line.reviewed
    assert not line.is_edited
    assert line.words == WORDS


def test_line_that_was_only_looked_at_is_as_it_was(line):
    text.write(line, line.text, reviewed=False)
    line.refresh_from_db()
    assert not line.reviewed


def test_speech_without_words_gets_some(line):
    line.text, line.words, line.kind = "", [], SegmentKind.UNHEARD
    line.save()
    text.write(line, "Shh!", reviewed=False)
    line.refresh_from_db()
    assert (line.kind, line.heard_text, line.words) == (SegmentKind.SPEECH, "", [[0, 1500, "Shh!", 1.0]])
    text.take_heard(line)
    line.refresh_from_db()
    assert (line.kind, line.text) == (SegmentKind.UNHEARD, "")


def test_what_the_machine_heard_is_taken_back(line):
    text.write(line, "something else", reviewed=False)
    text.take_heard(line)
    line.refresh_from_db()
    assert (line.text, line.words) == ("the olw bear", WORDS)


@pytest.mark.parametrize("written", ["", "  \n ", "\x00\x07"])
def test_a_line_is_never_empty(written):
    with pytest.raises(text.CannotWrite, match="Remove it instead"):
        text.cleaned(written)


def test_text_is_one_line_without_what_nobody_sees():
    assert text.cleaned(" the\n owl\t\x00 \u202ebear ") == "the owl bear"


def test_text_has_an_end():
    assert text.cleaned("x" * text.LONGEST)
    with pytest.raises(text.CannotWrite, match=r"10,?000"):
        text.cleaned("x" * (text.LONGEST + 1))


def test_removed_lines_are_hidden_until_they_are_put_back(line):
    session = line.session
    text.remove([line.pk])
    assert not Segment.objects.filter(pk=line.pk).exists()
    assert line.pk not in session.segments.values_list("pk", flat=True)
    assert Segment.everything.get(pk=line.pk).removed_at is not None
    text.restore([line.pk])
    assert Segment.objects.filter(pk=line.pk).exists()


def test_what_a_later_run_heard_across_the_ends_of_the_line_is_taken_within_them(line):
    heard = [[800, 1100, "an", 0.7], [2400, 2700, "owl", 0.8]]
    line.start_ms, line.end_ms, line.heard_text, line.heard_words = 1000, 2500, "an owl", heard
    line.save()
    text.take_heard(line)
    assert line.words == [[1000, 1100, "an", 0.7], [2400, 2500, "owl", 0.8]]
    assert line.heard_words == heard
