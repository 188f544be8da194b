"""The people that a mapping file names: who each of them is, and what they will be called.

>>> tidy("  Mira   of the  Moor ")
'Mira of the Moor'
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.utils.translation import gettext as _

from sessions_app.json_file import Place
from sessions_app.models import Campaign, Character
from speakers_app.mapping.cast import Cast, NotCast
from speakers_app.mapping.file import FileSpeaker
from speakers_app.mapping.plan import Person
from speakers_app.models import Speaker, SpeakerRole
from speakers_app.roster import roster

Fault = Callable[[Place, str], None]
"""Takes down what is wrong where."""


def tidy(name: str) -> str:
    """Returns a name with single spaces."""
    return " ".join(name.split())


class People:
    """Finds the people of a file by name: as they will be called, else as they are called now."""

    def __init__(self, campaign: Campaign, entries: list[FileSpeaker], cast: Cast, fault: Fault) -> None:
        speakers = Speaker.objects.filter(campaign=campaign).select_related("character")
        self._known = {str(each.uuid): Person(each.name, each) for each in speakers}
        self._cast = cast
        self._fault = fault
        self._roster = {each.name.casefold(): each for each in roster(campaign)}
        self._listed: dict[str, Person] = {}
        self._anybody = not entries
        self._new: dict[str, Person] = {}
        self._now = {person.name.casefold(): person for person in self._known.values()}
        ids = {entry.id for entry in entries}
        free = {each.name.casefold(): each for key, each in self._known.items() if key not in ids}
        for index, entry in enumerate(entries):
            self._list(entry, ("speakers", index), free)
        for name, person in self._listed.items():
            if (other := free.get(name)) is not None and other is not person:
                self._refuse_taken(person, entries)

    def find(self, name: str, place: Place) -> Person | None:
        """Returns the person that a voice's entry names; a file without a list of people may name anybody."""
        name = tidy(name)
        key = name.casefold()
        person = self.known(name)
        if person is None and (self._anybody or key in self._roster):
            entry = self._roster.get(key)
            person = self._new[key] = Person(entry.name if entry else name)
        if person is None:
            reason = _("“%(name)s” is not one of “speakers”; add them there, or correct the name")
            self._fault(place, reason % {"name": name})
        return person

    def known(self, name: str) -> Person | None:
        """Returns the person of that name, if the file or the campaign has one."""
        key = tidy(name).casefold()
        return self._listed.get(key) or self._now.get(key) or self._new.get(key)

    def settle_role(self, person: Person, role: str | None, place: Place) -> None:
        """Takes what a voice's entry says of a person's role, which nothing else in the file may contradict."""
        if role is None:
            return
        if role == "npc":
            if person.speaker is None and person.role is None and person.name.casefold() not in self._roster:
                person.role = SpeakerRole.DM
            return
        if person.role not in (None, role):
            reason = _("says “%(role)s”, but %(name)s is “%(other)s” elsewhere in the file")
            self._fault(
                (*place, "role"), reason % {"role": role, "name": person.name, "other": person.role.value}
            )
        person.role = person.role or SpeakerRole(role)

    def character(self, name: str, likely: Collection[Character | None], place: Place) -> Character | None:
        """Returns the character of the party that has that name; takes down a fault where there is none."""
        try:
            return self._cast.find(name, likely)
        except NotCast as error:
            self._fault((*place, "character"), str(error))
            return None

    def changed(self) -> tuple[Person, ...]:
        """Returns those who are new, or of whom something changes."""
        return tuple(
            person
            for person in dict.fromkeys([*self._listed.values(), *self._now.values(), *self._new.values()])
            if person.is_changed
        )

    def _list(self, entry: FileSpeaker, place: Place, free: dict[str, Person]) -> None:
        """Takes up one entry of the file's list of people.

        Args:
            entry: what the file says.
            place: where.
            free: people by name whom no entry means by their id.
        """
        name = tidy(entry.name)
        person = self._person(entry, name, free)
        if person is None:
            self._fault((*place, "id"), _("is nobody of this campaign; leave it out for somebody new"))
            return
        if name.casefold() in self._listed or person in self._listed.values():
            self._fault(place, _("is somebody who is in the list already"))
            return
        self._listed[name.casefold()] = person
        if entry.id is not None:
            person.name = name
        person.role = SpeakerRole(entry.role) if entry.role else None
        if "character" in entry.model_fields_set:
            person.tells_character = True
            likely = [person.speaker.character if person.speaker else None]
            person.character = self.character(entry.character, likely, place) if entry.character else None

    def _person(self, entry: FileSpeaker, name: str, free: dict[str, Person]) -> Person | None:
        if entry.id is not None:
            return self._known.get(entry.id)
        return free.get(name.casefold()) or Person(name)

    def _refuse_taken(self, person: Person, entries: list[FileSpeaker]) -> None:
        index = next(at for at, entry in enumerate(entries) if tidy(entry.name) == person.name)
        reason = _("is the name of somebody else; to make two people one, merge them on the Speakers page")
        self._fault(("speakers", index, "name"), reason)
