"""prepare: the session's recordings become one 16 kHz file in storage, with the waveform for its page."""

from __future__ import annotations

from base64 import b64decode, b64encode

from django.core.files.storage import default_storage
from django.db import transaction

from engine.audio import PreparedAudio, prepare_many
from engine.config import fingerprint as fingerprint_of
from engine.errors import NoAudio
from engine.media import MediaInfo, probe
from sessions_app.models import Recording, Session
from sessions_app.models.told import kept
from sessions_app.runs.audio import local_files, prepared_name, writing_prepared
from sessions_app.runs.work import Json, Work

REVISION = 1
"""Raised when the same inputs give another result than before."""


def fingerprint(work: Work) -> str:
    """Depends on the recordings' content and their places in the evening."""
    recordings = [(r.sha256, r.offset_ms) for r in work.inputs.recordings]
    return fingerprint_of("prepare", REVISION, recordings, work.engine.config.media)


def still_stands(work: Work, payload: Json) -> bool:
    """A kept result is used again if its file is still in storage; the session's row may have moved on.

    >>> from types import SimpleNamespace
    >>> work = SimpleNamespace(session=session)
    >>> still_stands(work, {"audio_name": "sessions/a/prepared-b.wav"})
    False
    """
    if not default_storage.exists(payload["audio_name"]):
        return False
    _adopt(work.session, payload)
    return True


def perform(work: Work) -> Json:
    """Decodes and mixes the recordings.

    Raises:
        NoAudio: there is no recording, or one is gone or holds no sound.
    """
    recordings = _recordings(work)
    name = prepared_name(work.session, fingerprint(work))
    config = work.engine.config.media
    with local_files([str(recording.file.name) for recording in recordings]) as paths:
        sources = [(path, recording.offset_ms) for path, recording in zip(paths, recordings, strict=True)]
        with writing_prepared(name) as target:
            prepared = prepare_many(sources, target, on_progress=work.on_progress, config=config)
        infos = [probe(path, config) for path in paths]
    names = [path.name for path in paths]
    payload = {
        "audio_name": name,
        "duration_ms": prepared.duration_ms,
        "peaks": b64encode(prepared.peaks).decode(),
        "silent": prepared.silent,
        "warnings": list(map(kept, prepared.warnings)),
    }
    with transaction.atomic():
        work.hold()
        for recording, info, file_name in zip(recordings, infos, names, strict=True):
            _describe(recording, info, prepared, file_name if len(recordings) > 1 else "")
        _adopt(work.session, payload)
    return payload


def _recordings(work: Work) -> list[Recording]:
    rows = {str(r.uuid): r for r in Recording.objects.filter(session=work.session)}
    if not work.inputs.recordings:
        raise NoAudio("This session has no recording yet.")
    gone = [asked.uuid for asked in work.inputs.recordings if asked.uuid not in rows]
    if gone:
        raise NoAudio("A recording was removed while it was being processed. Process the session again.")
    return [rows[asked.uuid] for asked in work.inputs.recordings]


def _describe(recording: Recording, info: MediaInfo, prepared: PreparedAudio, part: str) -> None:
    """Tells the row of ``recording`` what its file turned out to be; ``part`` is its name, if one of several."""
    recording.container, recording.codec = info.container, info.codec
    recording.duration_ms = info.duration_ms if part else prepared.duration_ms
    found = prepared.warnings_of(part) if part else prepared.warnings
    recording.warnings = list(dict.fromkeys([*recording.warnings, *map(kept, found)]))
    recording.save(update_fields=["container", "codec", "duration_ms", "warnings"])


def _adopt(session: Session, payload: Json) -> None:
    session.audio_name = payload["audio_name"]
    session.duration_ms = payload["duration_ms"]
    session.peaks = b64decode(payload["peaks"])
    session.save(update_fields=["audio_name", "duration_ms", "peaks"])
