"""What a person can do to the lines of a session; each act is recorded and can be undone.

>>> line = session.segments.exclude(text="").first()
>>> change = edit_line(session, line.uuid, "Open up!", line.text, owner)
>>> session.segments.get(uuid=line.uuid).text
'Open up!'
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from sessions_app.editing import shape, text
from sessions_app.models import Segment, Session, User
from speakers_app.history import recording_lines
from speakers_app.models import Change, Verb
from speakers_app.snapshots import MARKS

EXCERPT = 60
"""Characters of a line by which a change tells which one it was."""


class Gone(Exception):
    """The line is no more: it was removed, joined to another, or replaced by a later Run."""


class Clash(Exception):
    """Somebody else wrote in the line since; nothing was stored."""

    def __init__(self, line: Segment) -> None:
        super().__init__(line.text)
        self.line = line


def edit_line(
    session: Session, line: UUID, written: str, seen: str, user: User | None, *, reviewed: bool = False
) -> Change:
    """Makes ``written`` the text of a line.

    Args:
        session: whose line.
        line: which.
        written: what it is to say.
        seen: what it said when the person began to write.
        user: who writes.
        reviewed: whether the person is done with the line.

    Raises:
        Gone: the line is no more.
        Clash: it says something else than ``seen`` by now, and not what is written either.
        CannotWrite: no line can say that.
    """
    new = text.cleaned(written)
    key = _key(session, line)
    with recording_lines(session, user, Verb.EDIT, {key}, _excerpt(new)) as change:
        row = _row(key)
        if row.text == new:
            change.verb, change.subject = Verb.REVIEW, "1"
        else:
            _must_be_as_seen(row, seen)
        text.write(row, new, reviewed=reviewed)
    return change


def split_line(
    session: Session, line: UUID, written: str, at: int, seen: str, user: User | None
) -> tuple[Change, Segment]:
    """Splits a line, with the text that it has by now, before the character ``at``; returns the second line as well.

    Raises:
        Gone: the line is no more.
        Clash: it says something else than ``seen`` by now.
        CannotWrite: one of the parts would be empty, or the line is too short.
    """
    whole = text.cleaned(written)
    left, right = (" ".join(part.split()) for part in (written[:at], written[at:]))
    if not left or not right:
        raise text.CannotWrite(_("Put the cursor between two words to split the line there."))
    keys = {_key(session, line)}
    with recording_lines(session, user, Verb.SPLIT_LINE, keys, _excerpt(whole)) as change:
        row = _row(*keys)
        _must_be_as_seen(row, seen)
        rest = shape.split(row, text.cleaned(left), text.cleaned(right))
        keys.add(rest.pk)
    return change, rest


def join_lines(
    session: Session,
    line: UUID,
    written: str,
    seen: str,
    following: UUID,
    following_seen: str,
    user: User | None,
) -> Change:
    """Joins the line that follows to a line, with the text that this has by now.

    Raises:
        Gone: one of them is no more, or another line stands between them by now.
        Clash: one of them says something else than was seen.
        CannotWrite: no line can say that.
    """
    new = text.cleaned(written)
    keys = {_key(session, line), _key(session, following)}
    with recording_lines(session, user, Verb.JOIN_LINES, keys, _excerpt(new)) as change:
        row, other = _row(_key(session, line)), _row(_key(session, following))
        for part, saw in ((row, seen), (other, following_seen)):
            _must_be_as_seen(part, saw)
        if (row.position, row.start_ms) >= (other.position, other.start_ms):
            raise Gone
        text.write(row, new, reviewed=True)
        shape.join(row, other)
    return change


def take_heard(session: Session, line: UUID, seen: str, user: User | None) -> Change:
    """Makes what the machine heard the text of a line again.

    Raises:
        Gone: the line is no more.
        Clash: it says something else than ``seen`` by now.
    """
    key = _key(session, line)
    with recording_lines(session, user, Verb.EDIT, {key}) as change:
        row = _row(key)
        _must_be_as_seen(row, seen)
        text.take_heard(row)
        change.subject = _excerpt(row.text)
    return change


def keep_written(session: Session, line: UUID, user: User | None) -> Change:
    """Says that the text of a line stands, whatever the machine hears by now.

    Raises:
        Gone: the line is no more.
    """
    key = _key(session, line)
    with recording_lines(session, user, Verb.REVIEW, {key}, "1") as change:
        text.keep_written(_row(key))
    return change


def remove_lines(session: Session, lines: Iterable[int], user: User | None) -> Change:
    """Removes lines, by their primary keys; they can be restored."""
    keys = set(lines)
    with recording_lines(session, user, Verb.REMOVE, keys, str(len(keys)), MARKS) as change:
        text.remove(list(keys))
    return change


def restore_lines(session: Session, lines: Iterable[int], user: User | None) -> Change:
    """Puts removed lines back, by their primary keys."""
    keys = set(lines)
    with recording_lines(session, user, Verb.RESTORE, keys, str(len(keys)), MARKS) as change:
        text.restore(list(keys))
    return change


def mark_reviewed(session: Session, lines: Iterable[int], user: User | None, *, reviewed: bool) -> Change:
    """Says that somebody found lines right, by their primary keys, or that nobody has."""
    keys = set(lines)
    with recording_lines(session, user, Verb.REVIEW, keys, str(len(keys)), MARKS) as change:
        text.mark_reviewed(list(keys), reviewed=reviewed)
    return change


def _key(session: Session, line: UUID) -> int:
    key = Segment.objects.filter(session=session, uuid=line).values_list("pk", flat=True).first()
    if key is None:
        raise Gone
    return key


def _row(key: int) -> Segment:
    """Returns the line as it is now that nobody else can change it."""
    row = Segment.objects.filter(pk=key).first()
    if row is None:
        raise Gone
    return row


def _must_be_as_seen(row: Segment, seen: str) -> None:
    if not text.is_as_seen(row, seen):
        raise Clash(row)


def _excerpt(line: str) -> str:
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rstrip()}…"
