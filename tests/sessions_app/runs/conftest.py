"""An engine of fakes, a session with a recording, and workers that do their work in the test's own process."""

from __future__ import annotations

import pytest

from sessions_app.models import Session
from sessions_app.runs.working import work
from tests.sessions_app.runs.fake_engine import FakeEngine
from tests.sessions_app.runs.recordings import add_recording


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(autouse=True)
def tickets(monkeypatch) -> list[int]:
    """Counts the tickets that would go to Redis."""
    issued: list[int] = []
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", issued.append)
    return issued


@pytest.fixture
def recorded(session) -> Session:
    add_recording(session)
    return session


@pytest.fixture
def process(engine):
    """Does all that is ready, as one worker would."""
    return lambda worker="here:1": work(engine, worker)
