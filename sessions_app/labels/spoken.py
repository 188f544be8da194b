"""A session as a classifier reads it: its lines with who says them, and the cast of its campaign.

>>> [(member.name, member.role) for member in cast_of(campaign)]
[('Mira', 'player'), ('Warden', 'dm')]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from engine.classification.values import CastMember, SpokenLine, TableRole, Verdict
from engine.classification.values import Label as LabelValue
from engine.classification.values import LineKind as KindValue
from sessions_app.models import Campaign, Character, CharacterRole, LabelBy, LineKind, Segment, Session
from sessions_app.models import Label as Labels
from sessions_app.transcripts.voices import voice_names
from sessions_app.voice_book import VoiceName

_KIND_OF_LABEL = {
    Labels.IC: LineKind.CHARACTER,
    Labels.OOC: LineKind.OOC_OTHER,
    Labels.MIXED: LineKind.CHARACTER,
}


def lines_to_judge(session: Session) -> list[Segment]:
    """Returns the lines of ``session`` that hold words, in their order."""
    lines = Segment.objects.filter(session=session).exclude(text="").select_related("character")
    return list(lines.defer("words"))


def spoken_lines(session: Session, segments: Sequence[Segment]) -> list[SpokenLine]:
    """Returns ``segments`` of ``session`` with the names and roles that their voices have now."""
    names = voice_names(session)
    masters = _game_masters(session.campaign)
    return [_spoken(segment, _name(segment.voice_id, names), masters) for segment in segments]


def cast_of(campaign: Campaign) -> list[CastMember]:
    """Returns the party of ``campaign``."""
    characters = Character.objects.filter(party__campaign=campaign).select_related("member")
    return [
        CastMember(
            name=character.name,
            role=character.role,
            player=character.player,
            aliases=tuple(alias for alias in character.aliases if isinstance(alias, str)),
        )
        for character in characters
    ]


def verdict_of(segment: Segment) -> Verdict | None:
    """Returns the label that ``segment`` has, if any."""
    if not segment.label:
        return None
    label = cast(LabelValue, segment.label)
    kind = segment.label_kind or _KIND_OF_LABEL[Labels(segment.label)]
    confidence = 1.0 if segment.label_confidence is None else segment.label_confidence
    return Verdict(label, cast(KindValue, kind), confidence)


def _spoken(segment: Segment, name: VoiceName | None, masters: set[str]) -> SpokenLine:
    role = name.role if name else ""
    if not role and name and name.name.casefold() in masters:
        role = "dm"
    character = segment.character.name if segment.character else name.character if name else ""
    return SpokenLine(
        speaker=name.name if name else "",
        role=cast(TableRole, role),
        text=segment.text,
        character=character,
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
        said=verdict_of(segment) if segment.label_by == LabelBy.PERSON else None,
    )


def _name(voice: int | None, names: dict[int, VoiceName]) -> VoiceName | None:
    return names.get(voice) if voice is not None else None


def _game_masters(campaign: Campaign) -> set[str]:
    masters = Character.objects.filter(party__campaign=campaign, role=CharacterRole.DM).select_related(
        "member"
    )
    return {master.player.casefold() for master in masters if master.player}
