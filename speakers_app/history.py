"""Records what people do to names, voices and lines, and undoes it exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions_app.labels.asking import corrections_changed
from sessions_app.models import Campaign, Segment, Session, User, Voice
from sessions_app.runs.notices import transcript_changed
from sessions_app.transcripts.talk import count_talk
from speakers_app.matching import derive
from speakers_app.models import Assignment, Change, Speaker, Verb, Voiceprint
from speakers_app.putting_back import Gone, Row, Rows, put_back

Snapshot = dict[str, dict[str, Row]]


class CannotUndo(Exception):
    """Something that the change touched was changed again since; the message says so to people."""


@contextmanager
def recording(
    campaign: Campaign,
    user: User | None,
    verb: Verb,
    subject: str = "",
    session: Session | None = None,
    lines_of: Collection[int] = (),
) -> Iterator[Change]:
    """Runs a block that changes decisions, records what it changed, and lets everything else follow from it.

    One change at a time for a campaign, in a transaction of its own. A block that changes nothing leaves no record;
    the yielded change then has no primary key.

    Args:
        campaign: whose decisions are changed.
        user: who does it.
        verb: what is done.
        subject: what it is done to, in words of now.
        session: whose voices and lines may be changed as well; by default none may.
        lines_of: keys of other sessions whose lines may be changed, but no voices.
    """
    change = Change(campaign=campaign, session=session, user=user, verb=verb, subject=subject[:200])
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
        before = _snapshot(campaign, session, lines_of)
        yield change
        change.rows = _difference(before, _snapshot(campaign, session, lines_of))
        if change.rows:
            change.save()
            _follow(change)


def undo(change: Change) -> None:
    """Puts back everything as it was before ``change``.

    Raises:
        CannotUndo: if any of it was changed again since, or the session was processed again.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=change.campaign_id)
        change.refresh_from_db()
        if change.undone_at is not None:
            raise CannotUndo(_("This was undone already."))
        now = _snapshot(change.campaign, change.session, _sessions_of_lines(change))
        if not _stands(change.rows, now) or _used_since(change.rows, now, "voice"):
            raise CannotUndo(_changed_since())
        if not _is_about_labels(change.rows):
            Assignment.objects.automatic().filter(voice__session__campaign=change.campaign).delete()
        try:
            with transaction.atomic():
                put_back(change.rows, keep=_used_since(change.rows, now, "speaker"))
        except Gone as error:
            raise CannotUndo(_changed_since()) from error
        except IntegrityError as error:
            raise CannotUndo(
                _("This can't be undone any more, because a name or account is somebody else's by now.")
            ) from error
        if not _merged_ones_are_plain(change):
            raise CannotUndo(_changed_since())
        change.undone_at = timezone.now()
        change.save(update_fields=["undone_at"])
        _follow(change)


def _changed_since() -> str:
    return _("This can't be undone any more, because something that it changed was changed again since.")


def last_change(session: Session) -> Change | None:
    """Returns what would be undone next on the session's page, if anything."""
    return Change.objects.standing().filter(session=session).first()


def _follow(change: Change) -> None:
    """Lets talk times, voiceprints, names by comparison, what is learnt from corrections and open pages follow."""
    touched: set[int] = set()
    if not _is_about_labels(change.rows):
        if change.session is not None:
            count_talk(change.session)
        touched = derive(change.campaign)
    elif change.session is not None:
        corrections_changed(change.session)
    renamed = Q(assignment__speaker__in=change.rows.get("speaker", {}))
    decided = Q(assignment__in=change.rows.get("assignment", {}))
    touched |= set(Voice.objects.filter(renamed | decided).values_list("session", flat=True))
    touched |= _sessions_of_lines(change)
    if change.session is not None:
        touched.add(change.session.pk)
    for session in Session.objects.filter(pk__in=touched).only("uuid"):
        transcript_changed(session)


def _is_about_labels(rows: Rows) -> bool:
    """Whether only labels of lines were changed, from which nothing follows for voices and names."""
    fields = {name for pair in rows.get("segment", {}).values() for row in pair if row for name in row}
    return rows.keys() == {"segment"} and not fields.intersection(_SEGMENT_VOICE)


def _sessions_of_lines(change: Change) -> set[int]:
    """Returns the keys of the sessions of which the change touched lines."""
    lines = Segment.objects.filter(pk__in=change.rows.get("segment", {}))
    return set(lines.order_by().values_list("session", flat=True).distinct())


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

_SEGMENT_VOICE = ("voice_id", "character_id")
_SEGMENT = (*_SEGMENT_VOICE, "label", "label_kind", "label_confidence", "label_by", "label_character_id")


def _snapshot(campaign: Campaign, session: Session | None, lines_of: Collection[int]) -> Snapshot:
    """Returns the rows that decisions consist of, with their fields in plain JSON."""
    tables: dict[str, tuple[models.QuerySet[Any], tuple[str, ...]]] = {
        "speaker": (Speaker.objects.filter(campaign=campaign), _SPEAKER),
        "assignment": (Assignment.objects.locked().filter(voice__session__campaign=campaign), _ASSIGNMENT),
        "voiceprint": (Voiceprint.objects.filter(speaker__campaign=campaign, voice=None), ("speaker_id",)),
    }
    if session is not None:
        tables["voice"] = (Voice.objects.filter(session=session), _VOICE)
    if session is not None or lines_of:
        lines = Segment.objects.filter(Q(session=session) | Q(session__in=lines_of))
        tables["segment"] = (lines, _SEGMENT)
    return {
        table: {
            str(row.pop("pk")): {name: _plain(value) for name, value in row.items()}
            for row in rows.order_by("pk").values("pk", *fields)
        }
        for table, (rows, fields) in tables.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _difference(before: Snapshot, after: Snapshot) -> Rows:
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


def _stands(rows: Rows, now: Snapshot) -> bool:
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


def _used_since(rows: Rows, now: Snapshot, table: str) -> set[int]:
    """Returns which rows that the change made in ``table`` are named by rows that it did not touch."""
    made = {int(pk) for pk, (before, _after) in rows.get(table, {}).items() if before is None}
    return {
        row[field]
        for other, field in _POINTERS[table]
        for pk, row in now.get(other, {}).items()
        if row[field] in made and pk not in rows.get(other, {})
    }


def _merged_ones_are_plain(change: Change) -> bool:
    """Whether merged voices have no name of their own, and none merged into them, as decisions leave them."""
    voices = Voice.objects.filter(session__campaign=change.campaign_id, merged_into__isnull=False)
    if change.session_id is not None:
        voices = voices.filter(session=change.session_id)
    return not voices.filter(Q(assignment__isnull=False) | Q(merged_into__merged_into__isnull=False)).exists()
