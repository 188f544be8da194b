"""What is shown of a transcript: one rule, for rows and for labels alike."""

import pytest

from sessions_app.models import Label, Segment
from sessions_app.transcripts.showing import Show

pytestmark = pytest.mark.django_db


@pytest.fixture
def labelled(told):
    for position, label in enumerate(["", *Label.values] * 3):
        told.segments.filter(position=position).update(label=label)
    return told


@pytest.mark.parametrize("show", Show)
def test_query_and_label_agree_on_every_line(labelled, show):
    everything = list(Segment.objects.filter(session=labelled))
    shown = set(show.filter(Segment.objects.filter(session=labelled)))
    assert shown == {line for line in everything if show.includes(line.label)}


def test_line_that_is_both_is_in_both(labelled):
    both = set(Segment.objects.filter(session=labelled, label="MIXED"))
    for show in (Show.STORY, Show.TABLE):
        assert both < set(show.filter(Segment.objects.filter(session=labelled)))


@pytest.mark.parametrize("asked", ["", "STORY", "all", "story ", "\x00"])
def test_unheard_of_wish_shows_everything(asked):
    assert Show.of(asked) is Show.ALL
