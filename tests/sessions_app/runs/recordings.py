"""Puts a fixture recording into a session, as an upload would."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from django.core.files.storage import default_storage

from sessions_app.models import Recording, Session

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def add_recording(session: Session, name: str = "en_30s.flac") -> Recording:
    source = FIXTURES / "audio" / name  # an absolute path stands for itself
    path = f"recordings/{session.uuid}/{source.name}"
    target = Path(default_storage.path(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return Recording.objects.create(
        session=session,
        file=path,
        original_name=source.name,
        size=source.stat().st_size,
        sha256=hashlib.sha256(source.read_bytes()).hexdigest(),
    )
