"""Undoing and doing again what one has done oneself, the last thing first.

>>> from speakers_app.decisions import name_voice
>>> change = name_voice(session.voices.get(number=1), "Anna", owner)
>>> own_acts(session, owner).undo == change
True
>>> undo_own(session, owner) == change, own_acts(session, owner).redo == change
(True, True)
"""

from __future__ import annotations

from dataclasses import dataclass

from sessions_app.models import Session, User
from speakers_app.history import CannotUndo, redo, undo
from speakers_app.models import Change
from speakers_app.wording import act_of


@dataclass(frozen=True, slots=True)
class OwnActs:
    """What a person's next undo and redo in a session would be about."""

    undo: Change | None
    redo: Change | None

    @property
    def undo_says(self) -> str:
        """What would be undone, such as "moved 3 lines"; empty where there is nothing."""
        return act_of(self.undo) if self.undo else ""

    @property
    def redo_says(self) -> str:
        """What would be done again."""
        return act_of(self.redo) if self.redo else ""


def own_acts(session: Session, user: User) -> OwnActs:
    """Returns what ``user`` can undo and do again; whatever they did since something was undone ends its turn."""
    own = Change.objects.filter(session=session, user=user, passed_over=False).defer("rows")
    last = own.filter(undone_at=None).first()
    undone = own.exclude(undone_at=None)
    return OwnActs(last, (undone.filter(pk__gt=last.pk) if last else undone).last())


def undo_own(session: Session, user: User) -> Change | None:
    """Undoes the last thing that ``user`` did in ``session``; returns it, or None where there is none.

    Raises:
        CannotUndo: it can't be undone any more; the next time what was done before it has its turn.
    """
    change = own_acts(session, user).undo
    return _tried(change, user, again=False) if change else None


def redo_own(session: Session, user: User) -> Change | None:
    """Does again what ``user`` undid last; returns it, or None where there is none.

    Raises:
        CannotUndo: it can't be done again any more; the next time what was undone before it has its turn.
    """
    change = own_acts(session, user).redo
    return _tried(change, user, again=True) if change else None


def _tried(change: Change, user: User, *, again: bool) -> Change:
    try:
        (redo if again else undo)(change, user)
    except CannotUndo:
        Change.objects.filter(pk=change.pk).update(passed_over=True)
        raise
    return change
