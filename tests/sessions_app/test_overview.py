"""What the campaign pages tell at a glance, in a fixed number of queries."""

from __future__ import annotations

import pytest

from sessions_app.models import Campaign, Membership, Recording, Run, Session, State, Voice
from sessions_app.overview import Condition, campaigns_of, line_of_sessions
from tests.sessions_app.transcripts.telling import tell


def _session(campaign, number: int, state: State | None = None, voices: int = 0) -> Session:
    session = Session.objects.create(campaign=campaign, number=number)
    if state:
        Recording.objects.create(
            session=session, file="x.flac", original_name="x.flac", size=1, sha256="a" * 64
        )
        Run.objects.create(session=session, state=State.FAILED)
        Run.objects.create(session=session, state=state)
    for voice in range(1, voices + 1):
        Voice.objects.create(session=session, number=voice, talk_ms=voice * 1000, embedding=[0.0] * 256)
    return session


def test_session_without_a_recording_is_empty(campaign, session):
    assert line_of_sessions(campaign)[0].condition == Condition.EMPTY


def test_session_with_a_recording_and_no_run_is_recorded(campaign, session):
    Recording.objects.create(session=session, file="x.flac", original_name="x.flac", size=1, sha256="a" * 64)
    assert line_of_sessions(campaign)[0].condition == Condition.RECORDED


@pytest.mark.parametrize("state", list(State))
def test_last_run_says_how_far_a_session_is(campaign, state):
    session = tell(_session(campaign, 1), lines=1, voices=1)
    Run.objects.create(session=session, state=state)
    assert line_of_sessions(campaign)[0].condition == Condition(state)


def test_session_in_which_nobody_speaks_is_not_called_ready_to_read(campaign):
    _session(campaign, 1, State.DONE)
    assert line_of_sessions(campaign)[0].condition == Condition.SILENT


def test_newest_session_comes_first(campaign):
    for number in (2, 10, 1):
        _session(campaign, number)
    assert [glance.session.number for glance in line_of_sessions(campaign)] == [10, 2, 1]


def test_most_talkative_voice_comes_first_and_silent_ones_are_left_out(campaign):
    session = _session(campaign, 1, voices=3)
    Voice.objects.create(session=session, number=4, talk_ms=0)
    shares = line_of_sessions(campaign)[0].shares
    assert [(share.name.name, share.percent) for share in shares] == [
        ("Speaker 3", 50),
        ("Speaker 2", 33),
        ("Speaker 1", 17),
    ]


def test_thirteenth_voice_has_the_first_colour_again(campaign):
    session = _session(campaign, 1)
    Voice.objects.create(session=session, number=13, talk_ms=1)
    assert line_of_sessions(campaign)[0].shares[0].name.colour == 1


def test_many_sessions_take_no_more_queries_than_one(campaign, django_assert_max_num_queries):
    for number in range(1, 41):
        _session(campaign, number, State.DONE, voices=5)
    with django_assert_max_num_queries(3):
        assert sum(len(glance.shares) for glance in line_of_sessions(campaign)) == 200


def test_many_campaigns_take_no_more_queries_than_one(owner, campaign, django_assert_max_num_queries):
    for number in range(20):
        other = Campaign.objects.create(name=f"Campaign {number}")
        Membership.objects.create(campaign=other, user=owner, role="viewer")
        _session(other, 1, State.DONE, voices=3)
        _session(other, 2)
    with django_assert_max_num_queries(4):
        glances = campaigns_of(owner)
    assert len(glances) == 21
    by_name = {glance.campaign.name: glance for glance in glances}
    assert by_name["Campaign 3"].latest.session.number == 2
    assert by_name["Campaign 3"].sessions == 2
    assert not by_name["Campaign 3"].can_edit
    assert by_name["The Sunken Keep"].can_edit
    assert by_name["The Sunken Keep"].latest is None


def test_campaigns_of_others_are_left_out(outsider, campaign):
    assert [glance.campaign.name for glance in campaigns_of(outsider)] == ["Elsewhere"]


def test_last_played_campaign_comes_first(owner, campaign):
    other = Campaign.objects.create(name="Another")
    Membership.objects.create(campaign=other, user=owner, role="owner")
    Session.objects.create(campaign=other, number=1, date="2020-01-01")
    Session.objects.create(campaign=campaign, number=1, date="2021-01-01")
    assert [glance.campaign.name for glance in campaigns_of(owner)] == ["The Sunken Keep", "Another"]
