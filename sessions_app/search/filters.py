"""What a reader chose to search: between the address of a search and the filters that the search takes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sessions_app.models import Campaign, Character, MarkerKind, Session, Voice
from sessions_app.search.values import Filters
from sessions_app.transcripts.showing import Show
from sessions_app.voice_book import voice_book

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the campaign knows by name.

    Attributes:
        value: stands for them in addresses: the uuid of one of their voices.
        voices: all of these, by primary key.
        uuids: the same by uuid: an address that names any of them means this person.
    """

    value: str
    name: str
    colour: int
    voices: frozenset[int]
    uuids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader can choose from in a campaign.

    Attributes:
        sessions: the latest first.
        people: by name; none where nobody asked for them.
        characters: of the party.
    """

    sessions: tuple[Session, ...]
    people: tuple[Person, ...]
    characters: tuple[Character, ...]


def choices_of(campaign: Campaign, *, people: bool = True) -> Choices:
    """Returns what can be chosen in ``campaign``; as many queries for a hundred sessions as for one.

    Args:
        campaign: whichever.
        people: whether people are among it; who they are takes a look at every voice of the campaign.
    """
    return Choices(
        sessions=tuple(Session.objects.filter(campaign=campaign).defer("peaks", "notes")),
        people=_people(campaign) if people else (),
        characters=tuple(Character.objects.filter(party__campaign=campaign)),
    )


def _people(campaign: Campaign) -> tuple[Person, ...]:
    voices = list(Voice.objects.filter(session__campaign=campaign).defer("embedding"))
    names = voice_book().names(voices)
    by_key: dict[str, list[Voice]] = {}
    for voice in sorted(voices, key=lambda voice: voice.pk):
        if names[voice.pk].known:
            by_key.setdefault(names[voice.pk].key, []).append(voice)
    people = [
        Person(
            value=str(theirs[0].uuid),
            name=names[theirs[0].pk].name,
            colour=names[theirs[0].pk].colour,
            voices=frozenset(voice.pk for voice in theirs),
            uuids=frozenset(str(voice.uuid) for voice in theirs),
        )
        for theirs in by_key.values()
    ]
    return tuple(sorted(people, key=lambda person: person.name.casefold()))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds: what it says, and the query without it."""

    words: str
    query: str
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an address asks for, as far as the campaign has it.

    Attributes:
        words: as they were typed.
        near: the session whose page the reader came from.
    """

    words: str = ""
    sessions: tuple[Session, ...] = ()
    since: date | None = None
    until: date | None = None
    people: tuple[Person, ...] = ()
    character: Character | None = None
    show: Show = Show.ALL
    markers: tuple[MarkerKind, ...] = ()
    near: Session | None = None

    @classmethod
    def of(cls, query: QueryDict, choices: Choices) -> Chosen:
        """Returns what an address chooses; what the campaign does not have, or nobody can mean, is passed over."""
        wanted = {name: set(query.getlist(name)) for name in ("session", "speaker", "marker")}
        uuids = {str(session.uuid): session for session in choices.sessions}
        characters = {str(character.uuid): character for character in choices.characters}
        return cls(
            words=query.get("q", "").replace("\x00", ""),
            sessions=tuple(session for uuid, session in uuids.items() if uuid in wanted["session"]),
            since=_day(query.get("from", "")),
            until=_day(query.get("until", "")),
            people=tuple(person for person in choices.people if person.uuids & wanted["speaker"]),
            character=characters.get(query.get("character", "")),
            show=Show.of(query.get("show", "")),
            markers=tuple(kind for kind in MarkerKind if kind.value in wanted["marker"]),
            near=uuids.get(query.get("near", "")),
        )

    @property
    def filters(self) -> Filters:
        """The filters as the search takes them."""
        voices = frozenset[int]().union(*(person.voices for person in self.people))
        return Filters(
            sessions=frozenset(session.pk for session in self.sessions) or None,
            since=self.since,
            until=self.until,
            voices=voices or None,
            character=self.character.pk if self.character else None,
            show=self.show,
            markers=frozenset(kind.value for kind in self.markers),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything but words is asked for."""
        return bool(
            self.sessions
            or self.since
            or self.until
            or self.people
            or self.character
            or self.show is not Show.ALL
            or self.markers
        )

    @property
    def asks(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self.words.strip()) or self.is_filtered

    def query(self, **more: str) -> str:
        """Returns the query that asks for the same, with its question mark.

        >>> Chosen("de poort", show=Show.STORY).query(after="3.1.0"), Chosen().query()
        ('?q=de+poort&show=story&after=3.1.0', '?')
        """
        pairs = [
            ("q", self.words),
            *(("session", str(session.uuid)) for session in self.sessions),
            ("from", self.since.isoformat() if self.since else ""),
            ("until", self.until.isoformat() if self.until else ""),
            *(("speaker", person.value) for person in self.people),
            ("character", str(self.character.uuid) if self.character else ""),
            ("show", self.show.value),
            *(("marker", kind.value) for kind in self.markers),
            ("near", str(self.near.uuid) if self.near else ""),
            *more.items(),
        ]
        return f"?{urlencode([(name, value) for name, value in pairs if value])}"

    @property
    def without_filters(self) -> str:
        """The query for the words alone."""
        return Chosen(self.words, near=self.near).query()

    @property
    def only_near(self) -> Chip | None:
        """What narrows the search to the session that the reader came from; None where it is that narrow already."""
        if self.near is None or self.sessions:
            return None
        return Chip(
            _("Only in “%(session)s”") % {"session": self.near.shown_title},
            replace(self, sessions=(self.near,)).query(),
        )

    @property
    def chips(self) -> list[Chip]:
        """The filters that hold, each with the query that drops it."""
        chips = [
            Chip(str(session), replace(self, sessions=_without(self.sessions, session)).query())
            for session in self.sessions
        ]
        if self.since:
            chips.append(
                Chip(_("from %(date)s") % {"date": _shown(self.since)}, replace(self, since=None).query())
            )
        if self.until:
            chips.append(
                Chip(_("until %(date)s") % {"date": _shown(self.until)}, replace(self, until=None).query())
            )
        chips += [
            Chip(person.name, replace(self, people=_without(self.people, person)).query(), person.colour)
            for person in self.people
        ]
        if self.character:
            words = _("as %(character)s") % {"character": self.character.name}
            chips.append(Chip(words, replace(self, character=None).query()))
        if self.show is not Show.ALL:
            words = _("Story") if self.show is Show.STORY else _("Table talk")
            chips.append(Chip(words, replace(self, show=Show.ALL).query()))
        chips += [
            Chip(
                _("marked: %(kind)s") % {"kind": kind.label},
                replace(self, markers=_without(self.markers, kind)).query(),
            )
            for kind in self.markers
        ]
        return chips


def _without(all_of_them: tuple[T, ...], one: T) -> tuple[T, ...]:
    return tuple(each for each in all_of_them if each != one)


def _shown(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _day(value: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(value)
    return None


@dataclass(frozen=True, slots=True)
class Option:
    """One box to tick: what stands in the address, what it says, and whether it is ticked."""

    value: str
    words: str
    chosen: bool
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The filters as a form shows them."""

    sessions: list[Option]
    people: list[Option]
    characters: list[Option]
    shows: list[Option]
    markers: list[Option]


def filter_form(choices: Choices, chosen: Chosen) -> FilterForm:
    """Returns all that can be chosen, with what is chosen."""
    shows = {Show.ALL: _("Everything"), Show.STORY: _("Story"), Show.TABLE: _("Table talk")}
    return FilterForm(
        sessions=[Option(str(each.uuid), str(each), each in chosen.sessions) for each in choices.sessions],
        people=[Option(each.value, each.name, each in chosen.people, each.colour) for each in choices.people],
        characters=[
            Option(str(each.uuid), each.name, each == chosen.character) for each in choices.characters
        ],
        shows=[Option(show.value, words, show is chosen.show) for show, words in shows.items()],
        markers=[
            Option(kind.value, capfirst(str(kind.label)), kind in chosen.markers) for kind in MarkerKind
        ],
    )
