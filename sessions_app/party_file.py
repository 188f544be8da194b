"""The party file: a campaign's cast as JSON, for carrying it from one campaign to another.

>>> file = read_party_file(write_party_file(campaign.party).encode())
>>> [character.name for character in file.characters]
['Mira', 'Warden']
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any, Literal

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field

from sessions_app.json_file import FileKind, Line, Name, Place, Short, Text
from sessions_app.models import Character, Party

MAX_BYTES = 256_000


class ImportMode(models.TextChoices):
    """What an import does with characters that the file does not name."""

    ADD = "add", gettext_lazy("Keep them: add the file's characters to the party")
    REPLACE = "replace", gettext_lazy("Replace them: remove every character that is not in the file")


class FileCharacter(BaseModel):
    """One character of a party file."""

    model_config = ConfigDict(extra="forbid")

    player: Line = ""
    name: Name
    aliases: list[Name] = Field(default=[], max_length=20)
    race: Short = ""
    char_class: Short = ""
    role: Literal["player", "dm", "companion", "npc"] = "player"
    description: Text = ""


class PartyFile(BaseModel):
    """A whole party file."""

    model_config = ConfigDict(extra="forbid", title="Scribe party file")

    format: Literal["scribe-party"]
    version: Literal[1]
    name: Line = ""
    characters: list[FileCharacter] = Field(max_length=500)


def _place(place: Place) -> str:
    if len(place) >= 2 and place[0] == "characters" and isinstance(place[1], int):
        whole = _("Character %(number)s") % {"number": place[1] + 1}
        return f"{whole}: “{place[2]}”" if len(place) > 2 else whole
    return f"“{place[0]}”" if place else _("The file")


PARTY_FILE = FileKind(PartyFile, "scribe-party", MAX_BYTES, lambda: _("party file"), _place)


def party_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a party file, as kept in ``schemas/party.schema.json``."""
    return PARTY_FILE.schema()


def read_party_file(content: bytes) -> PartyFile:
    """Returns the party that ``content`` describes.

    Raises:
        FileRefused: when it is too large, no JSON, or not of the party file's form.
    """
    return PARTY_FILE.read(content)


def write_party_file(party: Party) -> str:
    """Returns the party as a party file."""
    characters = [
        FileCharacter(
            player=character.player[:120],
            name=character.name,
            aliases=character.aliases,
            race=character.race,
            char_class=character.char_class,
            role=character.role,
            description=character.description,
        )
        for character in party.characters.select_related("member")
    ]
    file = PartyFile(format="scribe-party", version=1, name=party.name, characters=characters)
    return file.model_dump_json(indent=2) + "\n"


@transaction.atomic
def import_party(party: Party, file: PartyFile, mode: ImportMode) -> None:
    """Brings the cast up to date with ``file``; characters of the same name stay the same rows."""
    known: defaultdict[str, deque[Character]] = defaultdict(deque)
    for character in party.characters.select_related("member"):
        known[character.name.casefold()].append(character)
    for entry in file.characters:
        namesakes = known[entry.name.casefold()]
        character = namesakes.popleft() if namesakes else Character(party=party)
        _bring_up_to_date(character, entry)
    if mode == ImportMode.REPLACE:
        party.characters.filter(pk__in=[left.pk for rest in known.values() for left in rest]).delete()
    if file.name and (mode == ImportMode.REPLACE or not party.name):
        party.name = file.name
        party.save(update_fields=["name"])


def _bring_up_to_date(character: Character, entry: FileCharacter) -> None:
    if character.player != entry.player:  # a member whom the file names by the same name stays linked
        character.member = None
        character.player_name = entry.player
    character.name = entry.name
    character.aliases = list(dict.fromkeys(entry.aliases))
    character.race = entry.race
    character.char_class = entry.char_class
    character.role = entry.role
    character.description = entry.description
    character.save()
