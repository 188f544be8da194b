"""What becomes of an upload once its last byte is there: a recording and a Run, or a word on why not.

Runs on the machine that holds the bytes: within the last request for a small file, on a thread for a large one, and
from the reconciler where a process was killed in between. Safe to run twice, and at the same time.

>>> from pathlib import Path
>>> digest(Path("tests/fixtures/audio/en_5s.flac"))[:8]
'154689b8'
"""

from __future__ import annotations

import hashlib
import logging
import threading
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from engine.errors import MediaError
from sessions_app.models import Recording, Session, Upload, User
from sessions_app.models.told import kept
from sessions_app.runs import start_run
from sessions_app.storage import store_file
from sessions_app.uploads.inspection import Findings, file_ending, inspect
from sessions_app.uploads.parts import PartBusy, arrived_bytes, held_part, part_path, remove_part

AT_ONCE_BYTES = 64 << 20
"""Files up to this size are finished within the request that brought their last byte."""

logger = logging.getLogger(__name__)


def finish_soon(upload: Upload) -> None:
    """Finishes a whole upload: now if it is small, else on a thread of its own."""
    if upload.length <= AT_ONCE_BYTES:
        finish_upload(upload.pk)
    else:
        threading.Thread(target=_finish_aside, args=(upload.pk,), name=f"finish {upload.uuid}").start()


def _finish_aside(pk: int) -> None:
    try:
        finish_upload(pk)
    except Exception:
        logger.exception("Upload %s could not be finished; it is tried again within a minute", pk)
    finally:
        connections.close_all()


def finish_upload(pk: int) -> None:
    """Finishes the upload ``pk`` if it is whole, its bytes are on this machine and nobody else is at it."""
    upload = Upload.objects.select_related("session", "user").filter(pk=pk).first()
    if upload is None or arrived_bytes(upload.uuid) != upload.length:
        return
    try:
        with held_part(upload.uuid):
            upload.refresh_from_db(fields=("recording", "error"))
            if not upload.is_settled:
                _settle(upload)
            remove_part(upload.uuid)
    except (FileNotFoundError, PartBusy):
        return
    start_run_when_complete(upload.session, upload.user)


def finish_arrived_uploads() -> None:
    """Does again what killed processes left undone: files not looked at, recordings without a Run."""
    for upload in Upload.objects.unsettled():
        if arrived_bytes(upload.uuid) == upload.length:
            try:
                finish_upload(upload.pk)
            except Exception:  # one bad file must not keep the others waiting
                logger.exception("Upload %s could not be finished", upload.uuid)
    for upload in Upload.objects.kept_since(timezone.now() - timedelta(days=1)):
        start_run_when_complete(upload.session, upload.user)


def start_run_when_complete(session: Session, user: User | None) -> None:
    """Starts a Run for recordings that none has seen yet, unless more of the evening is still on its way."""
    if session.uploads.active().exists():
        return
    newest = session.recordings.order_by("-created_at").first()
    run = session.runs.order_by("-created_at").first()
    if newest is not None and (run is None or run.created_at < newest.created_at):
        start_run(session, user)


def _settle(upload: Upload) -> None:
    path = part_path(upload.uuid)
    sha256 = digest(path)
    twin = upload.session.recordings.filter(sha256=sha256).first()
    if twin is not None:
        _store(upload, recording=twin, duplicate=True)
        return
    try:
        findings = inspect(path, upload.original_name)
    except MediaError as error:
        _store(upload, error=error.message, detail=error.detail)
        return
    _keep(upload, path, sha256, findings)


def _keep(upload: Upload, path: Path, sha256: str, findings: Findings) -> None:
    name = store_file(
        path, f"recordings/{upload.session.uuid}/{upload.uuid}{file_ending(upload.original_name)}"
    )
    try:
        with transaction.atomic():
            recording = Recording.objects.create(
                session=upload.session,
                file=name,
                original_name=upload.original_name,
                size=upload.length,
                sha256=sha256,
                container=findings.container,
                codec=findings.codec,
                duration_ms=findings.duration_ms,
                warnings=list(map(kept, findings.warnings)),
                uploaded_by=upload.user,
            )
            if not _store(upload, recording=recording):
                raise _Cancelled
    except _Cancelled:
        default_storage.delete(name)
    except IntegrityError:  # the same content came in twice at once, and the other was first
        default_storage.delete(name)
        _store(upload, recording=upload.session.recordings.get(sha256=sha256), duplicate=True)


class _Cancelled(Exception):
    """The upload was deleted while it was being finished."""


def _store(upload: Upload, **outcome: object) -> bool:
    return bool(
        Upload.objects.filter(pk=upload.pk).update(**outcome, offset=upload.length, updated_at=timezone.now())
    )


def digest(path: Path) -> str:
    """Returns the sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
