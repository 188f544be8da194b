"""What is asked of a search, and what it finds.

>>> Filters(since=date(2026, 1, 1)) == Filters()
False
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sessions_app.transcripts.showing import Show


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines come into question; each that is None or empty lets all through.

    Attributes:
        sessions: primary keys.
        since: the first day of play.
        until: the last day of play.
        voices: primary keys of the voices of the people that were chosen.
        character: primary key; lines that are spoken as this character.
        show: everything, the story, or the table talk.
        markers: kinds of markers; lines during which one of these was set.
    """

    sessions: frozenset[int] | None = None
    since: date | None = None
    until: date | None = None
    voices: frozenset[int] | None = None
    character: int | None = None
    show: Show = Show.ALL
    markers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page of hits begins: behind this line of this session."""

    session_number: int
    position: int
    start_ms: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that was found.

    Attributes:
        key: its primary key.
        uuid: its uuid.
        session: primary key of its session.
        start_ms: where in the session's recording it begins.
        end_ms: where it ends.
        voice: primary key of the voice that says it, if any.
        text: the whole line.
        marks: where in ``text`` the words stand that were found: first character and the one behind the last.
    """

    key: int
    uuid: UUID
    session: int
    start_ms: int
    end_ms: int
    voice: int | None
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the latest session first, within a session in the order in which it was said.

    Attributes:
        hits: at most as many as were asked for.
        following: where the next page begins; None where these are the last.
        counts: how many hits the sessions have that were looked at, by primary key; those of ``hits`` are among them.
        counted_all: whether that were all sessions; for common words it is the latest ones only.
        forgiven: words as they were typed, with those that were searched for because nothing is spelt like it.
        known_as: names that were typed, with the other names of whom they mean, which were searched for as well.
        has_words: whether there was anything to look for: False where signs alone were typed.
    """

    hits: tuple[Hit, ...]
    following: Place | None = None
    counts: dict[int, int] = field(default_factory=dict)
    counted_all: bool = True
    forgiven: tuple[tuple[str, tuple[str, ...]], ...] = ()
    known_as: tuple[tuple[str, tuple[str, ...]], ...] = ()
    has_words: bool = True
