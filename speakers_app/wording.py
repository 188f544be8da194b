"""What a change did, in words for the people who may undo it."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from speakers_app.models import Change, Verb


def act_of(change: Change) -> str:
    """Returns what was done, as it goes on after "Undo:", such as "named Speaker 2 → Anna"."""
    if change.verb == Verb.CONFIRM:
        return _counted(
            change, ngettext("confirmed %(count)d name", "confirmed %(count)d names", _count(change))
        )
    if change.verb == Verb.MOVE:
        return _counted(change, ngettext("moved %(count)d line", "moved %(count)d lines", _count(change)))
    if change.verb == Verb.LABEL:
        return _counted(
            change, ngettext("labelled %(count)d line", "labelled %(count)d lines", _count(change))
        )
    words = {
        Verb.ASSIGN: _("named %(subject)s"),
        Verb.UNASSIGN: _("left %(subject)s without a name"),
        Verb.RELEASE: _("let Scribe decide about %(subject)s"),
        Verb.MERGE: _("merged %(subject)s"),
        Verb.UNMERGE: _("separated %(subject)s"),
        Verb.SPLIT: _("split %(subject)s"),
        Verb.SPEAK_AS: _("lines spoken as: %(subject)s"),
        Verb.EDIT_SPEAKER: _("changed %(subject)s"),
        Verb.MERGE_SPEAKERS: _("merged people: %(subject)s"),
        Verb.IMPORT: _("read names from a file: %(subject)s"),
    }.get(Verb(change.verb))
    if words is None or not change.subject:
        return str(change.get_verb_display())
    return words % {"subject": change.subject}


def said_of(change: Change) -> str:
    """Returns the sentence that tells that the change was made; empty where there was nothing to change."""
    return f"{capfirst(act_of(change))}." if change.pk else _("That is so already.")


def said_of_undoing(change: Change) -> str:
    """Returns the sentence that tells that the change was undone."""
    return _("Undone: %(act)s.") % {"act": act_of(change)}


def _count(change: Change) -> int:
    return int(change.subject) if change.subject.isdecimal() else 0


def _counted(change: Change, words: str) -> str:
    return words % {"count": _count(change)}
