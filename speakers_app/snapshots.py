"""The rows that people's decisions consist of, as they are at one moment, and what differs between two moments.

>>> before = snapshot(campaign, session, [])
>>> difference(before, snapshot(campaign, session, []))
{}
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from sessions_app.models import Campaign, Segment, Session, Voice
from speakers_app.models import Assignment, Speaker, Voiceprint
from speakers_app.putting_back import Row, Rows

Snapshot = dict[str, dict[str, Row]]

_SPEAKER = (
    "uuid", "campaign_id", "name", "role", "member_id", "character_id", "colour", "consent", "created_at",
)  # fmt: skip
_ASSIGNMENT = (
    "uuid", "voice_id", "speaker_id", "how", "suggested", "locked", "score", "runner_up_id", "runner_up_score",
    "decided_by_id",
)  # fmt: skip
_VOICE = (
    "uuid", "session_id", "number", "merged_into_id", "by_hand", "embedding", "embedding_model", "speech_ms",
)  # fmt: skip

SEGMENT_VOICE = ("voice_id", "character_id")
_SEGMENT = (*SEGMENT_VOICE, "label", "label_kind", "label_confidence", "label_by", "label_character_id")


def snapshot(campaign: Campaign, session: Session | None, lines_of: Collection[int]) -> Snapshot:
    """Returns the rows that decisions about people and voices consist of, with their fields in plain JSON."""
    tables: dict[str, tuple[models.QuerySet[Any], tuple[str, ...]]] = {
        "speaker": (Speaker.objects.filter(campaign=campaign), _SPEAKER),
        "assignment": (Assignment.objects.locked().filter(voice__session__campaign=campaign), _ASSIGNMENT),
        "voiceprint": (Voiceprint.objects.filter(speaker__campaign=campaign, voice=None), ("speaker_id",)),
    }
    if session is not None:
        tables["voice"] = (Voice.objects.filter(session=session), _VOICE)
    if session is not None or lines_of:
        lines = Segment.everything.filter(Q(session=session) | Q(session__in=lines_of))
        tables["segment"] = (lines, _SEGMENT)
    return {table: _rows(*wanted) for table, wanted in tables.items()}


WHOLE = tuple(field.attname for field in Segment._meta.concrete_fields if not field.primary_key)
MARKS = ("reviewed", "removed_at")
"""What is changed in lines whose text and times stay, perhaps in thousands of them."""


def lines_snapshot(keys: Collection[int], fields: tuple[str, ...] = WHOLE) -> Snapshot:
    """Returns lines by their primary keys, removed ones as well."""
    return {"segment": _rows(Segment.everything.filter(pk__in=keys), fields)}


def _rows(found: models.QuerySet[Any], fields: tuple[str, ...]) -> dict[str, Row]:
    return {
        str(row.pop("pk")): {name: _plain(value) for name, value in row.items()}
        for row in found.order_by("pk").values("pk", *fields)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def difference(before: Snapshot, after: Snapshot) -> Rows:
    """Returns per table and row the fields that changed, before and after; None where there was no row."""
    changed: Rows = {}
    for table in before:
        for pk in before[table].keys() | after[table].keys():
            old, new = before[table].get(pk), after[table].get(pk)
            if old == new:
                continue
            if old is not None and new is not None:
                names = [name for name in old if old[name] != new[name]]
                old, new = {name: old[name] for name in names}, {name: new[name] for name in names}
            changed.setdefault(table, {})[pk] = [old, new]
    return changed


def reversed_rows(rows: Rows) -> Rows:
    """Returns the change that goes the other way."""
    return {
        table: {pk: [after, before] for pk, (before, after) in changed.items()}
        for table, changed in rows.items()
    }


def stands(rows: Rows, now: Snapshot) -> bool:
    """Whether everything is still as the change left it."""
    for table, changed in rows.items():
        for pk, (_before, after) in changed.items():
            row = now.get(table, {}).get(pk)
            if (row is None) != (after is None):
                return False
            if row is not None and after is not None and any(row[name] != after[name] for name in after):
                return False
    return True


_POINTERS = {
    "voice": (("assignment", "voice_id"), ("segment", "voice_id"), ("voice", "merged_into_id")),
    "speaker": (("assignment", "speaker_id"), ("voiceprint", "speaker_id")),
}
"""Per table the fields of others that name its rows."""


def used_since(rows: Rows, now: Snapshot, table: str) -> set[int]:
    """Returns which rows that the change made in ``table`` are named by rows that it did not touch."""
    made = {int(pk) for pk, (before, _after) in rows.get(table, {}).items() if before is None}
    return {
        row[field]
        for other, field in _POINTERS[table]
        for pk, row in now.get(other, {}).items()
        if pk not in rows.get(other, {}) and row[field] in made
    }


def is_about_labels(rows: Rows) -> bool:
    """Whether only labels of lines were changed, from which nothing follows for voices and names."""
    return rows.keys() == {"segment"} and not _fields_of_lines(rows).intersection(SEGMENT_VOICE)


def is_about_talk(rows: Rows) -> bool:
    """Whether lines came, went, or became longer or shorter."""
    return bool(_fields_of_lines(rows) & {"start_ms", "end_ms", "removed_at"})


def _fields_of_lines(rows: Rows) -> set[str]:
    return {name for pair in rows.get("segment", {}).values() for row in pair if row for name in row}


def fields_to_compare(rows: Rows) -> tuple[str, ...]:
    """Returns which fields of lines tell whether everything is as the change left it."""
    return tuple(name for name in WHOLE if name in _fields_of_lines(rows))
