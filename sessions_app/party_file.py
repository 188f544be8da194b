"""The party file: a campaign's cast as JSON, for carrying it from one campaign to another."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Annotated, Any, Literal

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from sessions_app.models import Character, Party

MAX_BYTES = 256_000
MAX_FAULTS = 10

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=_ONE_LINE)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_ONE_LINE)
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=_ONE_LINE)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]


class PartyFileError(Exception):
    """The file is not a party file.

    Args:
        faults: one sentence per fault, in words for the person who chose the file.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


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


def party_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a party file, as kept in ``schemas/party.schema.json``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | PartyFile.model_json_schema()


def read_party_file(content: bytes) -> PartyFile:
    """Returns the party that ``content`` describes.

    Raises:
        PartyFileError: when it is too large, no JSON, or not of the party file's form.
    """
    if len(content) > MAX_BYTES:
        raise PartyFileError([_("The file is too large for a party.")])
    try:
        return PartyFile.model_validate_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise PartyFileError(_faults(error)) from error


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


def _faults(error: ValidationError) -> list[str]:
    told = [_fault(detail["type"], detail["loc"], detail.get("ctx") or {}) for detail in error.errors()]
    faults = list(dict.fromkeys(told))
    if len(faults) > MAX_FAULTS:
        more = len(faults) - MAX_FAULTS
        faults = [*faults[:MAX_FAULTS], _("… and %(more)s more faults.") % {"more": more}]
    return faults


def _fault(kind: str, place: tuple[int | str, ...], context: dict[str, Any]) -> str:
    if kind == "json_invalid":
        return _("This is not JSON: %(why)s.") % {"why": context.get("error", "")}
    if place and place[0] in ("format", "version"):
        return _('This is not a party file: "format" must be "scribe-party" and "version" 1.')
    reasons = {
        "missing": _("is missing"),
        "extra_forbidden": _("is not a field of a party file"),
        "string_type": _("must be text"),
        "string_too_short": _("must not be empty"),
        "string_too_long": _("is too long (at most %(max_length)s letters)"),
        "string_pattern_mismatch": _("must not hold line breaks or control characters"),
        "literal_error": _("must be one of %(expected)s"),
        "list_type": _("must be a list"),
        "too_long": _("has too many entries (at most %(max_length)s)"),
    }
    reason = reasons.get(kind, _("is not of the right form")) % context
    return f"{_place(place)} {reason}."


def _place(place: tuple[int | str, ...]) -> str:
    if len(place) >= 2 and place[0] == "characters" and isinstance(place[1], int):
        whole = _("Character %(number)s") % {"number": place[1] + 1}
        return f"{whole}: “{place[2]}”" if len(place) > 2 else whole
    return f"“{place[0]}”" if place else _("The file")
