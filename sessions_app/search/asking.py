"""Searching a campaign: the one way in, whatever the database.

>>> found = search(campaign, "goblins")
>>> where = slice(*found.hits[0].marks[0])
>>> found.hits[0].text[where]
'goblin'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from django.db.models import QuerySet

from sessions_app.models import Campaign, Character, Segment
from sessions_app.search.asked import Asked, Names, read
from sessions_app.search.backend import Backend, backend, of_campaign, of_session
from sessions_app.search.filtering import chosen_sessions, passing
from sessions_app.search.forgiving import forgive
from sessions_app.search.inflecting import inflected
from sessions_app.search.marks import marks
from sessions_app.search.values import Filters, Found, Hit, Place

FEW = 1000
"""So many hits are fetched and put in order at once; more are looked for in some sessions at a time, latest first."""

EVERY_LINE = Filters()

Row = tuple[int, int, int, int]
"""Session by primary key, position, start, line by primary key."""


def search(
    campaign: Campaign,
    text: str,
    filters: Filters = EVERY_LINE,
    limit: int = 50,
    after: Place | None = None,
    *,
    typing: bool = False,
) -> Found:
    """Finds lines of ``campaign``.

    Args:
        campaign: whose lines; the caller has seen to it that the person may read them.
        text: what was typed: words, "phrases", -words that are left out, names; signs alone find nothing.
        filters: which lines come into question; where nothing is typed, they alone decide.
        limit: of hits.
        after: where an earlier search ended.
        typing: whether the last word may still be growing.
    """
    asked = read(text, _names(campaign), typing=typing)
    if asked.is_empty and (filters == EVERY_LINE or text.strip()):
        return Found((), has_words=False)
    database = backend()
    languages = set(campaign.sessions.order_by().values_list("language", flat=True))
    asked = replace(asked, wanted=inflected(asked.wanted, database, languages))
    asked, forgiven = forgive(asked, database, of_campaign(campaign.pk))
    if forgiven:
        asked = replace(asked, wanted=inflected(asked.wanted, database, languages))
    found = _Search(campaign, asked, filters, database)
    rows = list(islice(found.rows(after), limit + 1))
    return Found(
        hits=tuple(_hits(rows[:limit], asked)),
        following=found.place_of(rows[limit - 1]) if len(rows) > limit else None,
        counts=found.counts,
        counted_all=found.counted_all,
        forgiven=forgiven,
        known_as=asked.known_as,
    )


def _names(campaign: Campaign) -> Names:
    cast = Character.objects.filter(party__campaign=campaign).values_list("name", "aliases")
    return [[name, *aliases] for name, aliases in cast]


class _Search:
    """One question to the database: all hits at once where they are few, else those of some sessions at a time.

    Attributes:
        counts: how many hits the sessions have that were looked at, by primary key.
        counted_all: whether all sessions were looked at.
    """

    def __init__(self, campaign: Campaign, asked: Asked, filters: Filters, database: Backend) -> None:
        self.counts: dict[int, int] = {}
        self.counted_all = False
        self._asked = asked
        self._database = database
        self._campaign = of_campaign(campaign.pk)
        self._numbers = dict(chosen_sessions(campaign, filters).values_list("pk", "number"))
        self._lines = passing(campaign, filters)

    def rows(self, after: Place | None) -> Iterator[Row]:
        """Yields the hits in order, from behind ``after`` on, and counts those of the sessions that it looks at."""
        sessions = [
            key for key, number in self._numbers.items() if after is None or number <= after.session_number
        ]
        for lines, is_last in self._parts(sessions):
            found = lines.order_by().values_list("session_id", "position", "start_ms", "pk")
            rows = sorted((row for row in found if row[0] in sessions), key=self._order)
            self.counts.update(Counter(session for session, *_ in rows))
            self.counted_all = is_last and after is None
            yield from (row for row in rows if after is None or self._order(row)[:3] > _order_of(after))

    def place_of(self, row: Row) -> Place:
        """Returns where the page that begins behind ``row`` begins."""
        session, position, start_ms, _line = row
        return Place(self._numbers[session], position, start_ms)

    def _parts(self, sessions: list[int]) -> Iterator[tuple[QuerySet[Segment], bool]]:
        """Yields the hits of all sessions at once if they are few, else of ever more sessions; and if that was all."""
        wanted, everywhere = self._asked.wanted, [self._campaign]
        if not self._asked.is_empty and self._database.count(wanted, everywhere, FEW + 1) <= FEW:
            yield self._database.matching(self._lines, self._asked, everywhere), True
            return
        size = 1
        while sessions:
            part, sessions = sessions[:size], sessions[size:]
            lines = self._lines.filter(session__in=part)
            if not self._asked.is_empty:
                lines = self._database.matching(lines, self._asked, [of_session(key) for key in part])
            yield lines, not sessions
            size *= 2

    def _order(self, row: Row) -> tuple[int, int, int, int]:
        session, position, start_ms, line = row
        return -self._numbers[session], position, start_ms, line


def _order_of(place: Place) -> tuple[int, int, int]:
    return -place.session_number, place.position, place.start_ms


def _hits(rows: list[Row], asked: Asked) -> Iterator[Hit]:
    lines = Segment.objects.only("uuid", "start_ms", "end_ms", "voice", "text").in_bulk(
        [row[-1] for row in rows]
    )
    for session, _position, _start_ms, key in rows:
        line = lines.get(key)
        if line is not None:
            yield Hit(
                key=key,
                uuid=line.uuid,
                session=session,
                start_ms=line.start_ms,
                end_ms=line.end_ms,
                voice=line.voice_id,
                text=line.text,
                marks=marks(line.text, asked.wanted),
            )
