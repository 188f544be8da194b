"""Records what people do to names, voices and lines, and undoes and does it again exactly.

>>> from speakers_app.decisions import name_voice
>>> change = name_voice(session.voices.get(number=1), "Anna", owner)
>>> undo(change)
>>> last_change(session) is None
True
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions_app.labels.asking import corrections_changed
from sessions_app.models import Campaign, Segment, Session, StageName, State, User, Voice
from sessions_app.runs.notices import lines_changed, transcript_changed
from sessions_app.transcripts.talk import count_talk
from speakers_app.line_versions import keep_versions
from speakers_app.matching import derive
from speakers_app.models import Assignment, Change, Verb
from speakers_app.models.change import LINE_VERBS
from speakers_app.putting_back import Gone, Rows, put_back
from speakers_app.snapshots import (
    WHOLE,
    Snapshot,
    difference,
    fields_to_compare,
    is_about_labels,
    is_about_talk,
    lines_snapshot,
    reversed_rows,
    snapshot,
    stands,
    used_since,
)


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
        _hold(campaign)
        before = snapshot(campaign, session, lines_of)
        yield change
        _keep(change, difference(before, snapshot(campaign, session, lines_of)))


@contextmanager
def recording_lines(
    session: Session,
    user: User | None,
    verb: Verb,
    keys: set[int],
    subject: str = "",
    fields: tuple[str, ...] = WHOLE,
) -> Iterator[Change]:
    """Runs a block that changes the lines themselves, as :func:`recording` does for what is decided about them.

    Args:
        session: whose lines are changed.
        user: who does it.
        verb: one of ``LINE_VERBS``.
        keys: of the lines; the block adds those that it makes.
        subject: what it is done to, in words of now.
        fields: those that the block may change.
    """
    change = Change(campaign=session.campaign, session=session, user=user, verb=verb, subject=subject[:200])
    with transaction.atomic():
        _hold(session.campaign)
        before = lines_snapshot(keys, fields)
        yield change
        _keep(change, difference(before, lines_snapshot(keys, fields)))


def _hold(campaign: Campaign) -> None:
    Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)


def _keep(change: Change, rows: Rows) -> None:
    change.rows = rows
    if rows:
        own = Change.objects.filter(session=change.session, user=change.user)
        own.exclude(undone_at=None).update(passed_over=True)  # what was undone before has lost its turn
        change.save()
        keep_versions(change.user, change.verb, rows)
        _follow(change)


def undo(change: Change, user: User | None = None) -> None:
    """Puts back everything as it was before ``change``.

    Raises:
        CannotUndo: if any of it was changed again since, or the session was processed again.
    """
    with transaction.atomic():
        _hold(change.campaign)
        change.refresh_from_db()
        if change.undone_at is not None:
            raise CannotUndo(_("This was undone already."))
        _go(change, change.rows, user, "undo")
        change.undone_at = timezone.now()
        change.save(update_fields=["undone_at"])


def redo(change: Change, user: User | None = None) -> None:
    """Does again what was undone.

    Raises:
        CannotUndo: if any of it was changed again since, or the session was processed again.
    """
    with transaction.atomic():
        _hold(change.campaign)
        change.refresh_from_db()
        if change.undone_at is None:
            raise CannotUndo(_("This was done again already."))
        _go(change, reversed_rows(change.rows), user, "redo")
        change.undone_at = None
        change.save(update_fields=["undone_at"])


def _go(change: Change, rows: Rows, user: User | None, how: str) -> None:
    """Goes from how ``rows`` left everything to how it was before, and lets everything else follow."""
    now = _as_it_is(change)
    if not stands(rows, now) or used_since(rows, now, "voice") or _is_of_earlier_lines(change):
        raise CannotUndo(_changed_since())
    if not _is_plain(change):
        Assignment.objects.automatic().filter(voice__session__campaign=change.campaign).delete()
    try:
        with transaction.atomic():
            put_back(rows, keep=used_since(rows, now, "speaker"))
    except Gone as error:
        raise CannotUndo(_changed_since()) from error
    except IntegrityError as error:
        raise CannotUndo(
            _("This can't be undone any more, because a name or account is somebody else's by now.")
        ) from error
    if not _merged_ones_are_plain(change):
        raise CannotUndo(_changed_since())
    keep_versions(user or change.user, f"{how}:{change.verb}", reversed_rows(rows))
    _follow(change)


def _as_it_is(change: Change) -> Snapshot:
    if change.verb in LINE_VERBS:
        keys = [int(pk) for pk in change.rows.get("segment", {})]
        return lines_snapshot(keys, fields_to_compare(change.rows))
    return snapshot(change.campaign, change.session, _sessions_of_lines(change))


def _is_of_earlier_lines(change: Change) -> bool:
    """Whether lines came or went with the change and were put in another order since, by a Run that stored its own."""
    came_or_went = any(None in pair for pair in change.rows.get("segment", {}).values())
    if not came_or_went:
        return False
    stored = {"stages__name": StageName.STORE, "stages__state": State.DONE}
    runs = change.session.runs if change.session else None
    return runs is not None and runs.filter(**stored, stages__finished_at__gt=change.created_at).exists()


def _is_plain(change: Change) -> bool:
    """Whether nothing follows from the change for voices and names."""
    return change.verb in LINE_VERBS or is_about_labels(change.rows)


def _changed_since() -> str:
    return _("This can't be undone any more, because something that it changed was changed again since.")


def last_change(session: Session) -> Change | None:
    """Returns what would be undone next on the session's page of voices, if anything."""
    return Change.objects.standing().filter(session=session).exclude(verb__in=LINE_VERBS).first()


def _follow(change: Change) -> None:
    """Lets talk times, voiceprints, names by comparison, what is learnt from corrections and open pages follow."""
    if change.session is not None and change.verb in LINE_VERBS:
        if is_about_talk(change.rows):
            count_talk(change.session)
        lines_changed(change.session)
        return
    touched: set[int] = set()
    if not _is_plain(change):
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


def _sessions_of_lines(change: Change) -> set[int]:
    """Returns the keys of the sessions of which the change touched lines."""
    lines = Segment.everything.filter(pk__in=change.rows.get("segment", {}))
    return set(lines.order_by().values_list("session", flat=True).distinct())


def _merged_ones_are_plain(change: Change) -> bool:
    """Whether merged voices have no name of their own, and none merged into them, as decisions leave them."""
    if change.verb in LINE_VERBS:
        return True
    voices = Voice.objects.filter(session__campaign=change.campaign_id, merged_into__isnull=False)
    if change.session_id is not None:
        voices = voices.filter(session=change.session_id)
    return not voices.filter(Q(assignment__isnull=False) | Q(merged_into__merged_into__isnull=False)).exists()
