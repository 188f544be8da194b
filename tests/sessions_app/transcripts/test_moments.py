"""Markers beside the lines of a transcript and on its waveform."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.models import Marker, MarkerKind, Segment
from sessions_app.transcripts.blocks import BLOCK_LINES
from sessions_app.transcripts.moments import Moment, by_line
from sessions_app.transcripts.waveform import waveform
from tests.sessions_app.transcripts.blocks import blocks
from tests.sessions_app.transcripts.telling import tell


def block(client, session, index):
    return blocks(client, session)[index]


@pytest.mark.django_db
def test_marker_stands_below_the_line_that_was_being_said(viewer_client, session):
    tell(session, lines=6, voices=2)
    line = Segment.objects.filter(session=session).order_by("start_ms")[3]
    Marker.objects.create(
        session=session, at_ms=line.start_ms + 10, kind=MarkerKind.QUOTE, text="I <never> lose"
    )
    html = block(viewer_client, session, 0)
    lines = re.findall(r'id="(line|moment)-([0-9a-f-]+)"', html)
    at = [uuid for _, uuid in lines].index(str(line.uuid))
    assert lines[at + 1][0] == "moment"
    assert "I &lt;never&gt; lose" in html


@pytest.mark.django_db
def test_every_marker_is_in_exactly_one_block(viewer_client, session):
    tell(session, lines=3 * BLOCK_LINES, voices=2)
    starts = list(
        Segment.objects.filter(session=session).order_by("start_ms").values_list("start_ms", flat=True)
    )
    moments = [0, *(start + 5 for start in starts), starts[-1] + 10**7]
    for at_ms in moments:
        Marker.objects.create(session=session, at_ms=at_ms)
    found = [
        uuid
        for index in range(3)
        for uuid in re.findall(r'id="moment-([0-9a-f-]+)"', block(viewer_client, session, index))
    ]
    assert len(found) == len(set(found)) == len(moments)


@pytest.mark.django_db
def test_waveform_carries_the_markers(session):
    Marker.objects.create(session=session, at_ms=1500, kind=MarkerKind.LOOT, text="A ring")
    assert waveform(session)["markers"] == [{"at_ms": 1500, "kind": "loot", "says": "loot: A ring"}]


@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=20).map(sorted),
    st.lists(st.integers(0, 1200), max_size=20),
)
def test_each_moment_has_one_line_that_has_started_or_is_the_first(starts, times):
    moments = [Moment(UUID(int=number), at_ms, "loot", "loot", "") for number, at_ms in enumerate(times)]
    placed = by_line(moments, starts)
    assert sorted(each.uuid for there in placed.values() for each in there) == [each.uuid for each in moments]
    for index, there in placed.items():
        for moment in there:
            assert index == 0 or starts[index] <= moment.at_ms
            assert index == len(starts) - 1 or starts[index + 1] > moment.at_ms
