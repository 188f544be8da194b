"""Lines split in two and joined to one, with their words and what the machine heard."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.editing import shape
from sessions_app.editing.text import CannotWrite
from sessions_app.models import Segment
from tests.sessions_app.transcripts.telling import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(session):
    return tell(session, lines=4, voices=2)


def at(session, position) -> list[Segment]:
    return list(Segment.objects.filter(session=session, position=position))


def test_a_split_line_is_two_with_the_times_of_their_words(told):
    line = at(told, 0)[0]
    words, end_ms = list(line.words), line.end_ms
    left, right = " ".join(w[2] for w in words[:2]), " ".join(w[2] for w in words[2:])
    shape.split(line, left, right)
    first, second = at(told, 0)
    assert (first.text, second.text) == (left, right)
    assert first.words + second.words == words
    assert first.end_ms == second.start_ms
    assert (first.start_ms, second.end_ms) == (words[0][0], end_ms)
    assert first.machine_text + " " + second.machine_text == " ".join(word[2] for word in words)
    assert first.uuid != second.uuid
    assert [row.position for row in told.segments.all()] == [0, 0, 1, 2, 3]


def test_split_text_may_be_new(told):
    line = at(told, 0)[0]
    heard = line.text
    shape.split(line, "No. Wait.", "Yes, go!")
    first, second = at(told, 0)
    assert (first.text, second.text) == ("No. Wait.", "Yes, go!")
    assert f"{first.heard_text} {second.heard_text}".split() == heard.split()


def test_a_line_without_time_is_not_split(told):
    line = at(told, 0)[0]
    line.end_ms = line.start_ms + 1
    with pytest.raises(CannotWrite, match="too short"):
        shape.split(line, "a", "b")


def test_joined_lines_are_one_with_all_words(told):
    line, other = at(told, 0)[0], at(told, 1)[0]
    words, text, end_ms = line.words + other.words, f"{line.text} {other.text}", other.end_ms
    shape.join(line, other)
    joined = at(told, 0)[0]
    assert (joined.text, joined.words, joined.end_ms) == (text, words, end_ms)
    assert joined.machine_text == text
    assert not at(told, 1)
    assert joined.reviewed


def test_a_line_without_words_joins_as_nothing(told):
    line, other = at(told, 0)[0], at(told, 1)[0]
    other.text, other.words = "", []
    text = line.text
    shape.join(line, other)
    assert at(told, 0)[0].text == text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_splitting_and_joining_brings_back_the_line(session, data):
    Segment.everything.filter(session=session).delete()
    session.voices.all().delete()
    tell(session, lines=2, voices=1, seed=data.draw(st.integers(0, 9)))
    line = at(session, 0)[0]
    before = (line.start_ms, line.end_ms, line.text, line.words)
    words = line.text.split()
    if len(words) < 2:
        return
    count = data.draw(st.integers(1, len(words) - 1))
    rest = shape.split(line, " ".join(words[:count]), " ".join(words[count:]))
    shape.join(line, rest)
    line.refresh_from_db()
    assert (line.start_ms, line.end_ms, line.text, line.words) == before
    assert (line.heard_text, line.heard_words) == (before[2], before[3])
