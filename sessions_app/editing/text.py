"""The text of a line, as people write it and as it is taken back.

>>> cleaned("  Open   up! ")
'Open up!'
"""

from __future__ import annotations

import re

from django.utils import timezone
from django.utils.translation import gettext as _

from engine.retiming import retimed
from sessions_app.models import Segment, SegmentKind

LONGEST = 10_000
"""Characters in a line; the longest that a machine hears have a few hundred."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What no text holds: control characters, and marks that turn the direction of what comes after."""

_WRITTEN = ("text", "words", "heard_text", "heard_words", "heard_anew", "reviewed", "kind")


class CannotWrite(ValueError):
    """What somebody wrote can't be a line; the message says so to people."""


def cleaned(text: str) -> str:
    """Returns ``text`` as a line holds it: on one line, with single spaces.

    Raises:
        CannotWrite: it is empty or too long.
    """
    plain = " ".join(_CONTROL.sub("", text).split())
    if not plain:
        raise CannotWrite(_("A line can't be empty. Remove it instead; it can be put back."))
    if len(plain) > LONGEST:
        raise CannotWrite(
            _("A line can't have more than %(count)d characters. Split it.") % {"count": LONGEST}
        )
    return plain


def is_as_seen(line: Segment, seen: str) -> bool:
    """Whether the line still says what somebody saw when they began to write.

    In a line without words they saw that there are none, in their own language.
    """
    return not line.text or " ".join(_CONTROL.sub("", seen).split()) == " ".join(line.text.split())


def write(line: Segment, text: str, *, reviewed: bool) -> None:
    """Makes ``text``, which is cleaned, the text of the line; words that stay keep their times.

    Args:
        line: whose text it becomes.
        text: what it says now.
        reviewed: whether whoever looked at it found it right as it is; who puts a line right has reviewed it.
    """
    if text != line.text:
        keep_heard(line)
        line.words = retimed(line.words, text, line.start_ms, line.end_ms)
        line.text = text
        line.kind = SegmentKind.SPEECH
        line.heard_anew = False
        reviewed = True
    line.reviewed = line.reviewed or reviewed
    line.save(update_fields=_WRITTEN)


def keep_heard(line: Segment) -> None:
    """Puts what the machine heard beside the text, before people first write in the line."""
    if line.heard_text is None:
        line.heard_text, line.heard_words = line.text, line.words


def take_heard(line: Segment) -> None:
    """Makes what the machine heard the text of the line again.

    A later Run may have heard words of it a little before the line begins or after it ends.
    """
    line.text = line.machine_text
    line.words = retimed(line.machine_words, line.text, line.start_ms, line.end_ms)
    line.kind = SegmentKind.SPEECH if line.text else SegmentKind.UNHEARD
    line.heard_anew, line.reviewed = False, True
    line.save(update_fields=_WRITTEN)


def keep_written(line: Segment) -> None:
    """Says that the text stands, whatever the machine hears by now."""
    line.heard_anew, line.reviewed = False, True
    line.save(update_fields=_WRITTEN)


def remove(lines: list[int]) -> None:
    """Removes lines, by their primary keys; they can be restored."""
    Segment.objects.filter(pk__in=lines).update(removed_at=timezone.now())


def restore(lines: list[int]) -> None:
    """Puts removed lines back."""
    Segment.everything.filter(pk__in=lines).update(removed_at=None)


def mark_reviewed(lines: list[int], *, reviewed: bool) -> None:
    """Says that somebody found these lines right, or that nobody has."""
    Segment.objects.filter(pk__in=lines).update(reviewed=reviewed)
