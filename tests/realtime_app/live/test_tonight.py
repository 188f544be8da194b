"""Which session an evening is recorded in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from realtime_app.live.tonight import session_of_tonight
from sessions_app.models import Recording, Session
from tests.realtime_app.live.conftest import begin

pytestmark = pytest.mark.django_db


def test_empty_session_of_today_is_taken(session):
    assert session_of_tonight(session.campaign) == session


def test_campaign_without_sessions_gets_its_first(campaign):
    session = session_of_tonight(campaign)
    assert (session.number, session.language) == (1, campaign.language)


def test_session_with_a_recording_is_left_alone(session):
    Recording.objects.create(session=session, original_name="a.wav", size=1, sha256="0" * 64)
    assert session_of_tonight(session.campaign).number == 2


def test_empty_session_of_last_week_is_left_alone(session):
    Session.objects.filter(pk=session.pk).update(date=timezone.localdate() - timedelta(days=7))
    assert session_of_tonight(session.campaign).number == 2


def test_session_that_is_being_recorded_is_joined(session):
    begin(session)
    Session.objects.create(campaign=session.campaign, number=2)
    assert session_of_tonight(session.campaign) == session


def test_asking_twice_makes_one_session(campaign):
    assert session_of_tonight(campaign) == session_of_tonight(campaign)
