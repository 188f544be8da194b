"""What a change did, in words for the people who may undo it.

>>> from speakers_app.decisions import name_voice
>>> change = name_voice(session.voices.get(number=1), "Anna", owner)
>>> str(act_of(change))
'named Speaker 1 → Anna'
"""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from speakers_app.models import Change, Verb


def act_of(change: Change) -> str:
    """Returns what was done, as it goes on after "Undo:", such as "named Speaker 2 → Anna"."""
    counted = _counted_acts(change)
    if counted:
        return counted
    words = {
        Verb.ASSIGN: _("named %(subject)s"),
        Verb.UNASSIGN: _("left %(subject)s without a name"),
        Verb.RELEASE: _("let Scribe decide about %(subject)s"),
        Verb.MERGE: _("merged %(subject)s"),
        Verb.UNMERGE: _("separated %(subject)s"),
        Verb.SPLIT: _("split %(subject)s"),
        Verb.SPEAK_AS: _("lines spoken as: %(subject)s"),
        Verb.EDIT: _("edited “%(subject)s”"),
        Verb.SPLIT_LINE: _("split “%(subject)s” into two lines"),
        Verb.JOIN_LINES: _("joined two lines: “%(subject)s”"),
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


def said_of_redoing(change: Change) -> str:
    """Returns the sentence that tells that the change was done again."""
    return _("Done again: %(act)s.") % {"act": act_of(change)}


def _counted_acts(change: Change) -> str:
    """Returns what was done to a number of names or lines; empty for other acts."""
    count = int(change.subject) if change.subject.isdecimal() else 0
    words = {
        Verb.CONFIRM: lambda: ngettext("confirmed %(count)d name", "confirmed %(count)d names", count),
        Verb.MOVE: lambda: ngettext("moved %(count)d line", "moved %(count)d lines", count),
        Verb.LABEL: lambda: ngettext("labelled %(count)d line", "labelled %(count)d lines", count),
        Verb.REMOVE: lambda: ngettext("removed %(count)d line", "removed %(count)d lines", count),
        Verb.RESTORE: lambda: ngettext("put %(count)d line back", "put %(count)d lines back", count),
        Verb.REVIEW: lambda: ngettext("reviewed %(count)d line", "reviewed %(count)d lines", count),
    }.get(Verb(change.verb))
    return words() % {"count": count} if words else ""
