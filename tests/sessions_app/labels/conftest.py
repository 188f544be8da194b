"""A session with lines of a player and of the game master."""

from __future__ import annotations

import pytest

from sessions_app.models import Segment, Session, Voice

TEXTS = (
    ("The door opens slowly", 2),
    ("I walk in", 1),
    ("Roll a 20 for me", 2),
    ("What is my bonus?", 1),
    ("I draw my sword", 1),
)


@pytest.fixture
def lines(session) -> list[Segment]:
    """Five lines; the fake classifier takes the third and the fourth for table talk."""
    return fill(session)


def fill(session: Session) -> list[Segment]:
    voices = {number: Voice.objects.get_or_create(session=session, number=number)[0] for number in (1, 2)}
    return [
        Segment.objects.create(
            session=session,
            voice=voices[number],
            heard_voice=voices[number],
            position=position,
            start_ms=position * 3000,
            end_ms=position * 3000 + 2000,
            text=text,
        )
        for position, (text, number) in enumerate(TEXTS)
    ]
