"""The waveform: few bins however long the session, and sent again only when it has changed."""

import pytest
from django.urls import reverse

from sessions_app.models import Segment, Voice
from sessions_app.transcripts.waveform import BINS, waveform


def get(client, session, **headers):
    return client.get(reverse("session-waveform", args=[session.uuid]), headers=headers)


@pytest.mark.slow
def test_long_session_has_bounded_bins(viewer_client, long_session):
    answer = get(viewer_client, long_session).json()
    assert len(answer["peaks"]) == len(answer["voices"]) == BINS
    assert answer["duration_ms"] == long_session.duration_ms
    assert set(answer["voices"]) <= set(range(7))


def test_known_waveform_is_not_sent_again(viewer_client, told):
    first = get(viewer_client, told)
    again = get(viewer_client, told, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    told.segments.filter(position__lt=20).update(voice=told.voices.last())
    assert get(viewer_client, told, if_none_match=first.headers["ETag"]).status_code == 200


def test_bins_show_who_talks_most_and_the_loudest_moment(session):
    session.duration_ms = 2 * BINS * 100  # two ticks per bin
    session.peaks = bytes([10, 200] + [0] * (2 * BINS - 2))
    one, two = (Voice.objects.create(session=session, number=number) for number in (1, 2))
    for position, (voice, start, end) in enumerate([(one, 0, 200), (two, 200, 400), (one, 400, 500)]):
        Segment.objects.create(session=session, voice=voice, position=position, start_ms=start, end_ms=end)
    shown = waveform(session)
    assert shown["peaks"][:3] == [200, 0, 0]
    assert shown["voices"][:4] == [1, 2, 1, 0]


def test_session_without_audio_has_an_empty_waveform(session):
    assert waveform(session) == {"duration_ms": 0, "peaks": [], "voices": [], "markers": [], "colours": {}}


def test_peaks_shorter_or_longer_than_the_session_do_no_harm(told):
    told.peaks = told.peaks[:17]
    assert waveform(told)["peaks"][-1] == 0
    told.duration_ms = 100
    assert len(waveform(told)["peaks"]) == len(waveform(told)["voices"])


def test_outsider_gets_404(outsider_client, told):
    assert get(outsider_client, told).status_code == 404
