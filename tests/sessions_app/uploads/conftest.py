"""What every test of uploads needs: a small real recording, tus requests, and Runs that are only counted."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import reverse

from scribe_site.config import get_config
from sessions_app.models import Upload


def wav(seconds: float = 0.5, tone: int = 1000) -> bytes:
    """A WAV file whose content differs by ``tone``."""
    samples = b"".join(struct.pack("<h", (n * tone) % 30_000 - 15_000) for n in range(int(seconds * 16_000)))
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI", b"RIFF", len(body)) + body


@pytest.fixture(autouse=True)
def runs(monkeypatch) -> list:
    """Sessions for which a Run was started, in order."""
    started = []

    def start_run(session, user):
        started.append(session)
        return session.runs.create(requested_by=user)

    monkeypatch.setattr("sessions_app.uploads.finishing.start_run", start_run)
    return started


@pytest.fixture(autouse=True)
def uploads_folder(monkeypatch, tmp_path) -> Path:
    """A folder of its own for the bytes of each test's uploads."""
    config = get_config().model_copy(update={"data_dir": tmp_path})
    monkeypatch.setattr("sessions_app.uploads.parts.get_config", lambda: config)
    return tmp_path / "uploads"


class Tus:
    """Speaks tus through Django's test client."""

    def __init__(self, client, session) -> None:
        self.client = client
        self.session = session

    def create(self, length: int, name: str = "evening.wav", **headers):
        metadata = "filename " + base64.b64encode(name.encode()).decode()
        return self.client.post(
            reverse("upload-create", args=[self.session.uuid]),
            headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": metadata}
            | headers,
            content_type="application/octet-stream",
        )

    def head(self, url: str):
        return self.client.head(url, headers={"Tus-Resumable": "1.0.0"})

    def patch(self, url: str, offset: int, data: bytes, **headers):
        return self.client.patch(
            url,
            data,
            content_type="application/offset+octet-stream",
            headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)} | headers,
        )

    def delete(self, url: str):
        return self.client.delete(url, headers={"Tus-Resumable": "1.0.0"})

    def send(self, data: bytes, name: str = "evening.wav") -> Upload:
        """Uploads ``data`` in one part and returns its row."""
        url = self.create(len(data), name).headers["Location"]
        if data:
            assert self.patch(url, 0, data).status_code == 204
        return Upload.objects.get(uuid=url.split("/")[-2])


@pytest.fixture
def tus(editor_client, session) -> Tus:
    return Tus(editor_client, session)


@pytest.fixture
def tus_of(session):
    """``tus_of(client)``: the same for another person's client."""
    return lambda client: Tus(client, session)


@pytest.fixture
def sound() -> SimpleNamespace:
    """Small real recordings: ``sound.wav()``."""
    return SimpleNamespace(wav=wav)
