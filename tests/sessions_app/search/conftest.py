"""A campaign in which a few things were said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from sessions_app.models import Campaign, Segment, Session, Voice

Say = Callable[..., Segment]


@pytest.fixture
def house(campaign) -> Campaign:
    campaign.sessions.all().delete()
    return campaign


@pytest.fixture
def evening(house) -> Callable[..., Session]:
    """Makes a session; the next number each time."""

    def make(language: str = "en", campaign: Campaign = house, **fields) -> Session:
        number = campaign.sessions.count() + 1
        fields.setdefault("date", date(2026, 1, number))
        session = Session.objects.create(campaign=campaign, number=number, language=language, **fields)
        Voice.objects.create(session=session, number=1)
        Voice.objects.create(session=session, number=2)
        return session

    return make


@pytest.fixture
def say() -> Say:
    """Adds a line to a session."""

    def add(session: Session, text: str, voice: int = 1, **fields) -> Segment:
        position = Segment.everything.filter(session=session).count()
        return Segment.objects.create(
            session=session,
            voice=session.voices.get(number=voice),
            position=position,
            start_ms=position * 3000,
            end_ms=position * 3000 + 2500,
            text=text,
            **fields,
        )

    return add
