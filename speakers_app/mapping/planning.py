"""Finds out what a mapping file means in a campaign, or what is wrong with it; changes nothing.

>>> from speakers_app.mapping.file import read_mapping
>>> from speakers_app.mapping.writing import write_mapping
>>> bool(plan_of(campaign, read_mapping(write_mapping(campaign).encode())))  # nothing would change
False
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions_app.json_file import FileRefused, Place
from sessions_app.models import Campaign, Character, Voice
from speakers_app.mapping.cast import Cast
from speakers_app.mapping.file import FileVoice, Mapping
from speakers_app.mapping.people import People
from speakers_app.mapping.plan import Decision, Person, Plan, Speech
from speakers_app.mapping.standing import StandingVoice, standing_voices


def plan_of(campaign: Campaign, mapping: Mapping) -> Plan:
    """Returns what reading the file into the campaign would change.

    Raises:
        FileRefused: when it names voices, people or characters that are not there, or contradicts itself.
    """
    return _Planner(campaign, mapping).plan()


@dataclass(frozen=True, slots=True)
class _Told:
    """What the file tells of one voice that is there."""

    place: Place
    entry: FileVoice
    standing: StandingVoice
    person: Person | None

    @property
    def is_news(self) -> bool:
        """Whether that is another name than the voice has, or now a person's decision."""
        other = self.standing.speaker != self.person.speaker if self.person else bool(self.standing.speaker)
        is_new = self.person is not None and self.person.speaker is None
        confirms = not self.standing.confirmed and not self.entry.was_recognised
        return self.entry.decides and (other or is_new or confirms)


class _Planner:
    def __init__(self, campaign: Campaign, mapping: Mapping) -> None:
        self._campaign = campaign
        self._mapping = mapping
        self._faults: list[tuple[Place, str]] = []
        self._people = People(campaign, mapping.file.speakers, Cast(campaign), self._fault)

    def plan(self) -> Plan:
        told = self._told()
        for each in told:
            self._check_role(each)
        speeches = tuple(speech for each in told if (speech := self._speech(each)))
        if self._faults:
            raise FileRefused(self._sentences(), len(self._faults))
        decisions = tuple(Decision(each.standing, each.person) for each in told if each.is_news)
        return Plan(self._people.changed(), decisions, speeches)

    def _fault(self, place: Place, reason: str) -> None:
        self._faults.append((place, reason))

    def _sentences(self) -> Iterator[str]:
        """Yields the faults in words; first that the file is of another campaign, which explains most of them."""
        of = self._mapping.file.campaign
        if of.id and of.id != str(self._campaign.uuid):
            yield _("This file was made in another campaign, “%(name)s”.") % {"name": of.name or of.id}
        for place, reason in self._faults:
            yield self._mapping.fault(place, reason)

    def _told(self) -> list[_Told]:
        """Returns what the file tells, once for voices that somebody merged since it was made."""
        standing = {each.voice.pk: each for each in standing_voices(self._campaign)}
        roots = _roots(self._campaign)
        told: dict[int, _Told] = {}
        for key, entry in self._mapping.file.voices.items():
            place: Place = ("voices", key)
            if key not in roots:
                self._fault(place, _("is no voice of this campaign"))
                continue
            entry = entry or FileVoice(name=None)
            each = _Told(place, entry, standing[roots[key]], self._person(entry, place))
            first = told.get(roots[key])
            if first is None or not first.entry.decides:
                told[roots[key]] = each
            elif entry.decides and first.person is not each.person:
                self._fault(place, _("was merged with another voice of this file, which has another name"))
        return list(told.values())

    def _person(self, entry: FileVoice, place: Place) -> Person | None:
        if entry.name is None:
            return None
        if not entry.decides:
            return self._people.known(entry.name)
        return self._people.find(entry.name, (*place, "name"))

    def _check_role(self, each: _Told) -> None:
        role = each.entry.role
        if each.person is not None:
            self._people.settle_role(each.person, role, each.place)
        elif role is not None and each.entry.name is None:
            self._fault((*each.place, "role"), _("needs a name: who speaks"))
        if role == "npc" and each.entry.character is None:
            self._fault(each.place, _("needs “character”: “npc” says that somebody speaks as somebody else"))

    def _speech(self, each: _Told) -> Speech | None:
        """Returns as whom a voice's lines will be spoken, if that is news."""
        before, person = each.standing.character, each.person
        character: Character | None = None
        if each.entry.character is not None:
            usual = person.usual_character if person else None
            character = self._people.character(each.entry.character, (before, usual), each.place)
            if character is None:
                return None
            if person and usual is None and not person.tells_character and each.entry.role != "npc":
                person.character, person.tells_character = character, True
        if character == before:
            return None
        if person and each.entry.role != "npc" and character == person.usual_character:
            character = None
        return None if character == before else Speech(each.standing, character)


def _roots(campaign: Campaign) -> dict[str, int]:
    """Returns the key of the voice that counts for each voice's id."""
    rows = Voice.objects.filter(session__campaign=campaign).values_list("uuid", "pk", "merged_into")
    return {str(uuid): into or pk for uuid, pk, into in rows}
