"""A session of ten seconds with sound, and three lines by two voices."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from engine.wav import wav_header
from sessions_app.models import Label, Segment, Session, Voice

TEXTS = (
    (1, 0, "I open the door.", Label.IC),
    (2, 3000, "Roll for it.", Label.OOC),
    (1, 6000, "It creaks.", Label.IC),
)


@pytest.fixture
def spoken(session) -> Session:
    rng = np.random.default_rng(7)
    pcm = (rng.normal(0, 0.05, 160_000) * 32767).astype(np.int16).tobytes()
    session.audio_name = default_storage.save(
        f"{session.folder}/prepared-x.wav", ContentFile(wav_header(len(pcm)) + pcm)
    )
    session.duration_ms = 10_000
    session.language = "en"
    session.save()
    voices = {number: Voice.objects.create(session=session, number=number, talk_ms=2000) for number in (1, 2)}
    for position, (voice, start_ms, text, label) in enumerate(TEXTS):
        Segment.objects.create(
            session=session,
            voice=voices[voice],
            heard_voice=voices[voice],
            position=position,
            start_ms=start_ms,
            end_ms=start_ms + 2000,
            text=text,
            label=label,
            label_kind="character" if label == Label.IC else "rules",
            label_confidence=0.8,
            label_by="builtin",
        )
    return session


@pytest.fixture(autouse=True)
def tickets(monkeypatch) -> list[int]:
    issued: list[int] = []
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", issued.append)
    return issued
