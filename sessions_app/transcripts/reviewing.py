"""Putting a session right: how much of it somebody has reviewed, and what is still worth looking at.

>>> review_share(session).percent
0
>>> to_review("weather", session.segments.all(), session) is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, F, Q, QuerySet

from sessions_app.models import Segment, SegmentKind, Session
from sessions_app.transcripts.labels import UNSURE
from sessions_app.transcripts.lines import is_unsure
from sessions_app.transcripts.voices import shown_voices

LONG_ENOUGH_MS = 1500
"""A line by which a voice is known to who hears it; shorter ones are taken where there is no other."""


@dataclass(frozen=True, slots=True)
class ReviewShare:
    """How many lines of a session there are, and what people have done with them."""

    lines: int
    reviewed: int
    edited: int
    heard_anew: int
    removed: int

    @property
    def percent(self) -> int:
        """The reviewed share; 100 only when nothing is left."""
        return 100 * self.reviewed // self.lines if self.lines else 0


def review_share(session: Session) -> ReviewShare:
    """Counts the lines of ``session``; one query."""
    there = Q(removed_at=None)
    edited = Q(heard_text__isnull=False) & ~Q(heard_text=F("text"))
    return ReviewShare(
        **Segment.everything.filter(session=session).aggregate(
            lines=Count("pk", filter=there & ~Q(text="")),
            reviewed=Count("pk", filter=there & ~Q(text="") & Q(reviewed=True)),
            edited=Count("pk", filter=there & edited),
            heard_anew=Count("pk", filter=there & Q(heard_anew=True)),
            removed=Count("pk", filter=~there),
        )
    )


@dataclass(frozen=True, slots=True)
class ToReview:
    """A place that somebody may want to look at.

    Attributes:
        uuid: of the line.
        start_ms: where it begins to be heard.
        end_ms: where it ends.
        word: which word of the line it is about, from 0; None where it is about the line.
    """

    uuid: str
    start_ms: int
    end_ms: int
    word: int | None = None


def to_review(what: str, lines: QuerySet[Segment], session: Session) -> list[ToReview] | None:
    """Returns those of ``lines`` that are worth a look, in their order; None where ``what`` is unheard of.

    Args:
        what: ``words`` that the recogniser was unsure of, ``voices`` without a name, ``labels`` that a classifier was
            unsure of, or ``hearings`` of a later Run that differ from what a person wrote.
        lines: those that come into question.
        session: whose lines they are.
    """
    walks: dict[str, Callable[[], Iterator[ToReview]]] = {
        "words": lambda: _unsure_words(lines),
        "voices": lambda: _unnamed_voices(lines, session),
        "labels": lambda: _whole(lines.exclude(text="").filter(UNSURE)),
        "hearings": lambda: _whole(lines.filter(heard_anew=True)),
    }
    walk = walks.get(what)
    return list(walk()) if walk else None


def _whole(lines: QuerySet[Segment]) -> Iterator[ToReview]:
    for uuid, start_ms, end_ms in lines.values_list("uuid", "start_ms", "end_ms"):
        yield ToReview(str(uuid), start_ms, end_ms)


def _unsure_words(lines: QuerySet[Segment]) -> Iterator[ToReview]:
    """Yields each stretch of words that nobody is sure of, in lines that nobody has reviewed."""
    rows = lines.filter(reviewed=False, kind=SegmentKind.SPEECH).values_list("uuid", "words")
    for uuid, words in rows.iterator(chunk_size=500):
        for unsure, group in groupby(enumerate(words), key=lambda numbered: is_unsure(numbered[1])):
            if unsure:
                stretch = list(group)
                first, last = stretch[0][1], stretch[-1][1]
                yield ToReview(str(uuid), first[0], last[1], stretch[0][0])


def _unnamed_voices(lines: QuerySet[Segment], session: Session) -> Iterator[ToReview]:
    """Yields for each voice that waits for a name the first line that is long enough to know it by."""
    unnamed = {key: voice for key, voice in shown_voices(session).items() if voice.to_name}
    found: dict[object, ToReview] = {}
    rows = lines.filter(voice__in=unnamed).exclude(text="")
    for uuid, start_ms, end_ms, voice in rows.values_list("uuid", "start_ms", "end_ms", "voice"):
        person = unnamed[voice]
        is_long = end_ms - start_ms >= LONG_ENOUGH_MS
        earlier = found.get(person)
        if earlier is None or (is_long and earlier.end_ms - earlier.start_ms < LONG_ENOUGH_MS):
            found[person] = ToReview(str(uuid), start_ms, end_ms)
    yield from sorted(found.values(), key=lambda place: place.start_ms)
