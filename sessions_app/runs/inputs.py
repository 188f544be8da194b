"""What a Run is asked to do, read from the session once at its start, so that nothing changes under its workers.

>>> inputs = RunInputs.of(session)
>>> inputs.recordings, RunInputs.from_json(inputs.to_json()) == inputs
((), True)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sessions_app.models import Character, CharacterRole, Recording, Session

GUESTS = 1
"""A friend who drops in; added to the party when its size bounds the number of voices."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordingInput:
    """One recording and where it starts in the session; None: where the one before it ends."""

    uuid: str
    sha256: str
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class RunInputs:
    """The recordings and the settings of one Run.

    Attributes:
        recordings: in the order of the evening.
        language: spoken at the table.
        detect_language: whether that is still to be found out; ``language`` is then only expected.
        speakers_min: fewest voices, if somebody said so.
        speakers_max: most voices: what somebody said, else what the party's size allows, else None.
        hotwords: names that may be said, the most important first.
    """

    recordings: tuple[RecordingInput, ...]
    language: str
    detect_language: bool
    speakers_min: int | None
    speakers_max: int | None
    hotwords: tuple[str, ...]

    @classmethod
    def of(cls, session: Session) -> RunInputs:
        """Returns what a Run of ``session`` that starts now has to do."""
        cast = _cast(session)
        recordings = Recording.objects.filter(session=session)
        return cls(
            recordings=tuple(RecordingInput(str(r.uuid), r.sha256, r.offset_ms) for r in recordings),
            language=session.language,
            detect_language=session.detect_language,
            speakers_min=session.speakers_min,
            speakers_max=_most(session.speakers_max or _people_at_the_table(cast), session.speakers_min),
            hotwords=_names(cast),
        )

    def to_json(self) -> Json:
        """Returns the plain form that the Run's row keeps."""
        return asdict(self) | {
            "recordings": [asdict(recording) for recording in self.recordings],
            "hotwords": list(self.hotwords),
        }

    @classmethod
    def from_json(cls, data: Json) -> RunInputs:
        """Returns the inputs that :meth:`to_json` gave."""
        return cls(
            recordings=tuple(RecordingInput(**recording) for recording in data["recordings"]),
            language=data["language"],
            detect_language=data.get("detect_language", False),
            speakers_min=data["speakers_min"],
            speakers_max=data["speakers_max"],
            hotwords=tuple(data["hotwords"]),
        )


def _cast(session: Session) -> list[Character]:
    order = list(CharacterRole)
    cast = Character.objects.filter(party__campaign=session.campaign_id).select_related("member")
    return sorted(cast, key=lambda character: (order.index(CharacterRole(character.role)), character.pk))


def _people_at_the_table(cast: list[Character]) -> int | None:
    """Returns how many voices the party allows: each player once, the game master, and a guest."""
    players: set[object] = {
        character.member_id or character.player.strip().casefold() or ("nameless", character.pk)
        for character in cast
        if character.role == CharacterRole.PLAYER
    }
    return len(players) + 1 + GUESTS if players else None


def _most(most: int | None, fewest: int | None) -> int | None:
    return None if most is None else max(most, fewest or 1)


def _names(cast: list[Character]) -> tuple[str, ...]:
    """Returns the names of the cast, then what else they are called, then the people who play them; each once."""
    names = [character.name for character in cast]
    names += [alias for character in cast for alias in character.aliases if isinstance(alias, str)]
    names += [character.player for character in cast]
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
