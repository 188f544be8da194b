"""Gives up uploads that nobody goes on with; the reconciler calls it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from scribe_site.config import get_config
from sessions_app.models import Upload
from sessions_app.uploads.parts import PartBusy, held_part, part_path, remove_part, uploads_dir


def expire_uploads() -> int:
    """Removes uploads, and files without a row, that nothing happened to for the configured time.

    Returns:
        how many uploads and stray files were removed.

    >>> upload = Upload.objects.create(session=session, user=owner, original_name="evening.mp3", length=2_000)
    >>> expire_uploads()
    0
    >>> Upload.objects.update(updated_at=timezone.now() - timedelta(days=30))
    1
    >>> expire_uploads()
    1
    """
    horizon = timezone.now() - timedelta(hours=get_config().upload_expiry_hours)
    removed = 0
    for upload in Upload.objects.untouched_since(horizon):
        if _touched(part_path(upload.uuid)) > horizon:
            continue
        try:
            with held_part(upload.uuid):
                upload.delete()
                remove_part(upload.uuid)
        except FileNotFoundError:
            upload.delete()
        except PartBusy:
            continue
        removed += 1
    known = {part_path(uuid) for uuid in Upload.objects.values_list("uuid", flat=True)}
    for path in uploads_dir().glob("*.part"):
        if path not in known and _touched(path) < horizon:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _touched(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.min.replace(tzinfo=UTC)
