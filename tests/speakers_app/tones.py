"""Sound in which each person is a tone."""

from __future__ import annotations

import io
import wave

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sessions_app.models import Session

HERTZ = {"A": 60, "T": 310, "S": 560, "B": 800}
"""Each in a band of its own, where the fake encoder hears four or two."""


def tones(session: Session, people: str, line_ms: int) -> str:
    """Stores sound in which each letter of ``people`` is heard for ``line_ms``; returns its name in storage."""
    at = np.arange(len(people) * line_ms * 16)
    hertz = np.repeat([HERTZ[who] for who in people], line_ms * 16)
    samples = (6000 * np.sin(2 * np.pi * hertz * at / 16_000)).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(samples.tobytes())
    return default_storage.save(f"{session.folder}/tones.wav", ContentFile(file.getvalue()))
