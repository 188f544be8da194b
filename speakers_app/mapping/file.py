"""What a mapping file looks like; described for other programs in ``schemas/speaker_mapping.json``.

>>> mapping_schema()["title"]
'Scribe speaker mapping'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sessions_app.json_file import FileKind, Line, Name, Place

MAX_BYTES = 2_000_000
MAX_SPEAKERS = 500
MAX_VOICES = 20_000

FORMAT = "scribe-speaker-mapping"
VERSION = 1

Id = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
]


class FileCampaign(BaseModel):
    """The campaign that the file was made in; it is told, not checked."""

    model_config = ConfigDict(extra="forbid")

    id: Id | None = None
    name: Line = ""


class FileSpeaker(BaseModel):
    """A person of the campaign. What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    id: Id | None = Field(
        default=None,
        description="Who it is, so that the name can be changed. Without it: the person of that name, or somebody new.",
    )
    name: Name = Field(description="What the person is called from now on.")
    role: Literal["player", "dm", "guest"] | None = None
    character: Name | None = Field(
        default=None, description="The character of the party that the person usually plays; null for none."
    )


class FileVoice(BaseModel):
    """Whose voice it is. A voice that is not in the file stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = Field(description="Who speaks; null for a voice that is to have no name.")
    character: Name | None = Field(
        default=None,
        description="As whom this voice speaks in all its lines, if not as the person's usual character.",
    )
    role: Literal["player", "dm", "guest", "npc"] | None = Field(
        default=None,
        description="“npc”: the person speaks as somebody else at the table, named by “character”. Otherwise the role"
        " of a person who is not in “speakers”.",
    )
    recognised: Line | None = Field(
        default=None,
        description="What comparing voices had found when the file was written; null for nobody. Only where nobody"
        " had decided it. While “name” says the same, it decides nothing; without this key, “name” is a decision.",
    )
    suggestion: Line = Field(default="", description="Who it might be; not read in.")
    session: int | None = Field(default=None, description="Number of the session; not read in.")
    heard_as: Line = Field(default="", description="What the voice is called without a name; not read in.")
    talk_time: Line = Field(
        default="", description="How long it talks, in hours, minutes and seconds; not read in."
    )

    @property
    def decides(self) -> bool:
        """Whether the name is somebody's decision rather than what comparing voices had found."""
        return not self.was_recognised or self.name != self.recognised

    @property
    def was_recognised(self) -> bool:
        """Whether nobody had decided anything when the file was written."""
        return "recognised" in self.model_fields_set


class MappingFile(BaseModel):
    """Who the voices of a campaign are."""

    model_config = ConfigDict(extra="forbid", title="Scribe speaker mapping")

    format: Literal["scribe-speaker-mapping"]
    version: Literal[1]
    campaign: FileCampaign = FileCampaign()
    speakers: list[FileSpeaker] = Field(default=[], max_length=MAX_SPEAKERS)
    voices: dict[Id, FileVoice | None] = Field(
        default={},
        max_length=MAX_VOICES,
        json_schema_extra={"additionalProperties": False},
        description="By the id of a voice of a session, which stays the same when the session is processed again."
        " null is short for a voice that is to have no name.",
    )


@dataclass(frozen=True, slots=True)
class Mapping:
    """A file that was read, with its text, so that faults found later can say on which line they are."""

    file: MappingFile
    text: str

    def fault(self, place: Place, reason: str) -> str:
        """Returns the sentence that says what is wrong where."""
        return _KIND.fault(self.text, place, reason)


def _place(place: Place) -> str:
    """Returns the path to a value, such as ``speakers[2].role``."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return steps.removeprefix(".") or _("The file")


_KIND = FileKind(MappingFile, FORMAT, MAX_BYTES, lambda: _("speaker mapping"), _place)


def mapping_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a mapping file, as kept in ``schemas/speaker_mapping.json``."""
    return _KIND.schema()


def read_mapping(content: bytes) -> Mapping:
    """Returns what a mapping file says; whether it fits a campaign is not looked at yet.

    Raises:
        FileRefused: when it is too large, no JSON, says something twice, or is not of the mapping file's form.
    """
    file = _KIND.read(content)
    return Mapping(file, content.decode("utf-8-sig"))
