"""An engine of fakes, a session with a recording, and workers that do their work in the test's own process."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from engine.config import ChunkConfig, EngineConfig
from engine.fakes import FakeDiarizer, FakeTranscriber, fake_model
from sessions_app.models import Recording, Session
from sessions_app.runs.working import work
from tests.conftest import FIXTURES


class FakeEngine:
    """Real audio, detection and alignment; the words and the voices are made up."""

    def __init__(self, chunk_ms: int = 10_000) -> None:
        self.config = EngineConfig(
            chunks=ChunkConfig(target_ms=chunk_ms, max_ms=2 * chunk_ms, overlap_ms=1_000)
        )
        self.asr = FakeTranscriber()
        self.voices = FakeDiarizer()
        self.choice = fake_model(Path("nowhere"))

    def choose_asr(self, on_progress):
        return self.choice

    def transcriber(self, choice):
        return self.asr

    def diarizer(self):
        return self.voices


def add_recording(session: Session, name: str = "en_30s.flac") -> Recording:
    source = FIXTURES / "audio" / name
    path = f"recordings/{session.uuid}/{name}"
    target = Path(default_storage.path(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return Recording.objects.create(
        session=session,
        file=path,
        original_name=name,
        size=source.stat().st_size,
        sha256=hashlib.sha256(source.read_bytes()).hexdigest(),
    )


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
