"""Where one line ends and the next begins.

>>> line = session.segments.exclude(text="").first()
>>> halves = line.text.split(" ", 1)
>>> split(line, *halves).text == halves[1]
True
"""

from __future__ import annotations

import uuid
from copy import copy

from django.utils.translation import gettext as _

from engine.retiming import StoredWord, joined_words, split_words
from sessions_app.editing.text import CannotWrite, keep_heard, write
from sessions_app.models import Segment, SegmentKind

LEAST_MS = 2
"""A shorter line has no moment at which it could be split."""


def split(line: Segment, left: str, right: str) -> Segment:
    """Makes two lines of one, with these texts; returns the second, which is stored.

    What the machine heard goes with the part in whose time it was heard.

    Raises:
        CannotWrite: the line is too short to be two.
    """
    if line.end_ms - line.start_ms < LEAST_MS:
        raise CannotWrite(_("This line is too short to be split."))
    write(line, f"{left} {right}", reviewed=True)
    keep_heard(line)
    first, second, cut = split_words(line.words, len(left.split()))
    cut = min(max(cut, line.start_ms + 1), line.end_ms - 1)
    rest = copy(line)
    rest.pk, rest.uuid = None, uuid.uuid4()
    rest._state = type(line._state)()
    rest.start_ms = cut
    _become(rest, right, second, [word for word in line.heard_words if _middle(word) >= cut])
    line.end_ms = cut
    _become(line, left, first, [word for word in line.heard_words if _middle(word) < cut])
    line.save()
    rest.save(force_insert=True)
    return rest


def _middle(word: StoredWord) -> int:
    return int(word[0] + word[1]) // 2


def _become(line: Segment, text: str, words: list[StoredWord], heard: list[StoredWord]) -> None:
    line.text, line.words = text, [_within(word, line) for word in words]
    line.heard_words, line.heard_text = heard, " ".join(word[2] for word in heard)
    line.heard_anew = False


def _within(word: StoredWord, line: Segment) -> StoredWord:
    start = min(max(word[0], line.start_ms), line.end_ms)
    return [start, min(max(word[1], start), line.end_ms), *word[2:]]


def join(line: Segment, following: Segment) -> None:
    """Makes one line of two that follow each other; the second is no more.

    Whose line it is, as whom it is spoken and what kind of talk it is stays as it is for the first.
    """
    for part in (line, following):
        keep_heard(part)
    line.text = " ".join(part.text for part in (line, following) if part.text)
    line.heard_text = " ".join(part.heard_text for part in (line, following) if part.heard_text)
    line.words = joined_words(line.words, following.words)
    line.heard_words = joined_words(line.heard_words, following.heard_words)
    line.end_ms = max(line.end_ms, following.end_ms)
    line.start_ms = min(line.start_ms, following.start_ms)
    line.kind = SegmentKind.SPEECH if line.text else SegmentKind.UNHEARD
    line.heard_anew, line.reviewed = False, True
    following.delete()
    line.save()
