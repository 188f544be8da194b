"""Keeps each version of a line that people made, beside the first one that nobody had touched.

>>> keep_versions(owner, "edit", {})  # nothing changed
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from sessions_app.models import Segment, User
from sessions_app.models.line_history import TRACKED
from speakers_app.putting_back import Row, Rows

BATCH = 500

History: Any = Segment.history.model
"""The table that django-simple-history made of :class:`Segment`."""

FIELDS = tuple(field.attname for field in Segment._meta.concrete_fields if field.name in TRACKED)
_ALWAYS = ("id", "uuid", "session_id", *FIELDS)


def keep_versions(user: User | None, reason: str, rows: Rows) -> None:
    """Writes down how the lines that a change touched are now, and how they were before they were touched at all.

    Called after the change, in its transaction.

    Args:
        user: who did it.
        reason: what was done: a verb, after ``undo:`` or ``redo:`` where it was that.
        rows: what the change did, per table and row the fields before and after.
    """
    changed = {
        int(pk): (before, after)
        for pk, (before, after) in rows.get("segment", {}).items()
        if before is None or after is None or set(before).intersection(FIELDS)
    }
    if not changed:
        return
    now = {row["id"]: row for row in Segment.everything.filter(pk__in=changed).values(*_ALWAYS)}
    known = set(History.objects.filter(id__in=changed).values_list("id", flat=True).distinct())
    versions = []
    for pk, (before, after) in changed.items():
        row = now.get(pk) or {"id": pk, **(before or {})}
        if pk not in known and before is not None:
            versions.append(_version({**row, **before}, None, "", "+"))
        kind = "-" if after is None else "+" if before is None else "~"
        versions.append(_version(row, user, reason, kind))
    History.objects.bulk_create(versions, batch_size=BATCH)


def _version(row: Row, user: User | None, reason: str, kind: str) -> Any:
    return History(
        id=row["id"],
        uuid=row["uuid"],
        of_session_id=row["session_id"],
        **{name: row[name] for name in FIELDS},
        history_date=timezone.now(),
        history_user=user,
        history_change_reason=reason,
        history_type=kind,
    )
