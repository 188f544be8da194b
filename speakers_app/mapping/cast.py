"""The characters of a campaign's party, found by the names that a file calls them.

>>> Cast(campaign).find("mira", likely=()).name
'Mira'
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from sessions_app.models import Campaign, Character


class NotCast(Exception):
    """No one character has that name; the message says why, as it goes on after the place."""


class Cast:
    """Looks characters up by name, or by alias where none has that name."""

    def __init__(self, campaign: Campaign) -> None:
        self._named: dict[str, list[Character]] = defaultdict(list)
        self._called: dict[str, list[Character]] = defaultdict(list)
        for character in Character.objects.filter(party__campaign=campaign):
            self._named[character.name.casefold()].append(character)
            for alias in character.aliases:
                self._called[str(alias).casefold()].append(character)

    def find(self, name: str, likely: Collection[Character | None]) -> Character:
        """Returns the character of that name.

        Args:
            name: in any case.
            likely: those who are meant if there are several of that name.

        Raises:
            NotCast: when there is none, or several.
        """
        key = " ".join(name.split()).casefold()
        found = self._named.get(key) or self._called.get(key) or []
        if len(found) > 1:
            found = [character for character in found if character in likely][:1]
            if not found:
                raise NotCast(_("“%(name)s” could be several characters of the party") % {"name": name})
        if not found:
            raise NotCast(_("“%(name)s” is not in the party; add the character there first") % {"name": name})
        return found[0]
