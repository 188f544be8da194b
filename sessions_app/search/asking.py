"""Searching a campaign: the one way in, whatever the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from django.db.models import Q, QuerySet

from sessions_app.models import Campaign, Character, Segment
from sessions_app.search.asked import Asked, Names, read
from sessions_app.search.backend import Backend, backend, of_campaign, of_session
from sessions_app.search.filtering import chosen_sessions, passing
from sessions_app.search.forgiving import forgive
from sessions_app.search.inflecting import inflected
from sessions_app.search.marks import marks
from sessions_app.search.values import Filters, Found, Hit, Place

COUNTED = 1000
"""Hits that are counted; who finds more does not read them all."""
SORTED = 5000
"""So many hits are fetched and put in order at once; more are looked for session by session, the latest first."""

EVERY_LINE = Filters()

Row = tuple[int, int]
"""Session and line, by primary key."""


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
        text: what was typed: words, "phrases", -words that are left out, names.
        filters: which lines come into question; where nothing is typed, they alone decide.
        limit: of hits.
        after: where an earlier search ended.
        typing: whether the last word may still be growing.
    """
    asked = read(text, _names(campaign), typing=typing)
    if asked.is_empty and (filters == EVERY_LINE or text.strip()):
        return Found((), counts={})
    database = backend()
    languages = set(campaign.sessions.order_by().values_list("language", flat=True))
    asked = replace(asked, wanted=inflected(asked.wanted, database, languages))
    asked, forgiven = forgive(asked, database, of_campaign(campaign.pk))
    if forgiven:
        asked = replace(asked, wanted=inflected(asked.wanted, database, languages))
    found = _Search(campaign, asked, filters, database)
    rows = list(islice(found.rows(after), limit + 1))
    hits = _hits(rows[:limit], asked)
    counts, counted_all = found.counts() if after is None else (None, True)
    return Found(
        hits=tuple(hits),
        following=_place(rows[limit - 1]) if len(rows) > limit else None,
        counts=counts,
        counted_all=counted_all,
        forgiven=forgiven,
        known_as=asked.known_as,
    )


def _names(campaign: Campaign) -> Names:
    cast = Character.objects.filter(party__campaign=campaign).values_list("name", "aliases")
    return [[name, *aliases] for name, aliases in cast]


class _Search:
    """One question to the database: all hits at once where they are few, else session by session."""

    def __init__(self, campaign: Campaign, asked: Asked, filters: Filters, database: Backend) -> None:
        self.asked = asked
        self.database = database
        self.campaign = campaign
        self.sessions = dict(chosen_sessions(campaign, filters).values_list("pk", "number"))
        self.lines = passing(campaign, filters)
        self.few: list[Row] | None = None
        if not asked.is_empty:
            scope = of_campaign(campaign.pk)
            if database.count(asked.wanted, scope, SORTED + 1) <= SORTED:
                self.few = self._sorted(database.matching(self.lines, asked, scope))

    def _sorted(self, lines: QuerySet[Segment]) -> list[Row]:
        rows = lines.order_by().values_list("session_id", "position", "start_ms", "pk")
        there = [row for row in rows if row[0] in self.sessions]
        there.sort(key=lambda row: (-self.sessions[row[0]], *row[1:]))
        return [(session, key) for session, _position, _start_ms, key in there]

    def rows(self, after: Place | None) -> Iterator[Row]:
        """Yields the hits in order, from behind ``after`` on."""
        if self.few is not None:
            yield from self._few_after(after)
            return
        for session, number in self.sessions.items():
            if after is not None and number > after.session_number:
                continue
            lines = self._in_session(session)
            if after is not None and number == after.session_number:
                behind = Q(position__gt=after.position) | Q(
                    position=after.position, start_ms__gt=after.start_ms
                )
                lines = lines.filter(behind)
            for key in lines.values_list("pk", flat=True)[: COUNTED + 1]:
                yield session, key

    def _few_after(self, after: Place | None) -> Iterator[Row]:
        rows = self.few or []
        if after is None:
            yield from rows
            return
        places = Segment.objects.in_bulk([key for session, key in rows if self._may_follow(session, after)])
        for session, key in rows:
            line = places.get(key)
            if line is not None and (-self.sessions[session], line.position, line.start_ms) > (
                -after.session_number,
                after.position,
                after.start_ms,
            ):
                yield session, key

    def _may_follow(self, session: int, after: Place) -> bool:
        return self.sessions[session] <= after.session_number

    def _in_session(self, session: int) -> QuerySet[Segment]:
        lines = self.lines.filter(session=session)
        if self.asked.is_empty:
            return lines
        return self.database.matching(lines, self.asked, of_session(session))

    def counts(self) -> tuple[dict[int, int], bool]:
        """Returns how many hits the sessions have, and whether all were counted."""
        if self.few is not None:
            return dict(Counter(session for session, _key in self.few)), True
        counts: dict[int, int] = {}
        for session in self.sessions:
            count = self._in_session(session).order_by()[: COUNTED + 1].count()
            if count:
                counts[session] = count
            if sum(counts.values()) > COUNTED:
                return counts, False
        return counts, True


def _hits(rows: list[Row], asked: Asked) -> Iterator[Hit]:
    lines = Segment.objects.only("uuid", "start_ms", "end_ms", "voice", "text")
    found = lines.in_bulk([key for _session, key in rows])
    for session, key in rows:
        line = found.get(key)
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


def _place(row: Row) -> Place | None:
    line = (
        Segment.objects.filter(pk=row[1]).select_related("session").defer("words", "session__peaks").first()
    )
    return Place(line.session.number, line.position, line.start_ms) if line else None
