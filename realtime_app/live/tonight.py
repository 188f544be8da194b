"""The session that an evening is recorded in: the one that waits for it, or a new one."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from realtime_app.models import Capture
from sessions_app.models import Campaign, Session

STILL_TONIGHT = timedelta(days=1)
"""An evening goes on past midnight."""


def session_of_tonight(campaign: Campaign) -> Session:
    """Returns the session that is being recorded, else the latest one if it is of today and empty, else a new one.

    >>> tonight = session_of_tonight(campaign)
    >>> tonight == session, session_of_tonight(campaign) == tonight
    (False, True)
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
        there = Session.objects.filter(campaign=campaign).defer("peaks")
        recorded = there.filter(captures__in=Capture.objects.open()).first()
        if recorded is not None:
            return recorded
        empty = Q(recordings=None, uploads=None, runs=None, captures=None, segments=None)
        latest = there.first()
        today = timezone.localdate()
        if latest is not None and today - STILL_TONIGHT <= latest.date and there.filter(empty, pk=latest.pk):
            return latest
        session = campaign.new_session()
        session.save()
        return session
