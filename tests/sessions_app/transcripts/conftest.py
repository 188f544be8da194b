"""Transcripts of any length, told by voices that take turns."""

from __future__ import annotations

import pytest

from tests.sessions_app.transcripts.telling import tell


@pytest.fixture
def told(session):
    """A short session: 150 lines of three voices, which is two whole blocks and a half."""
    return tell(session, lines=150, voices=3)


@pytest.fixture
def long_session(session):
    """A session of four hours."""
    return tell(session, lines=5700, voices=6)
