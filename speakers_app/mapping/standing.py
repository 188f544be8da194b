"""What stands about the voices of a campaign, as the mapping file tells it.

>>> len(standing_voices(campaign))
3
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import Coalesce

from engine.clock import clock
from sessions_app.models import Campaign, Character, Segment, Voice
from speakers_app.models import Assignment, Speaker


@dataclass(frozen=True, slots=True)
class StandingVoice:
    """One voice of a session, those merged into it included.

    Attributes:
        voice: the voice, without its vector.
        talk_ms: how long it talks.
        speaker: whose name it has, if it has one.
        suggestion: who it might be, where that is only suggested.
        confirmed: whether a person decided that; also that it is to have no name.
        character: as whom all its lines are spoken, if somebody said so of all of them.
    """

    voice: Voice
    talk_ms: int
    speaker: Speaker | None
    suggestion: Speaker | None
    confirmed: bool
    character: Character | None

    @property
    def talk_time(self) -> str:
        """How long it talks, such as "1:02:03"."""
        return clock(self.talk_ms)


def standing_voices(campaign: Campaign) -> list[StandingVoice]:
    """Returns the voices of all sessions, in order; four queries."""
    voices = (
        Voice.objects.filter(session__campaign=campaign, merged_into=None)
        .annotate(merged_ms=Coalesce(Sum("merged__talk_ms"), 0))
        .select_related("session")
        .defer("embedding", "session__peaks", "session__notes")
        .order_by("session__number", "number")
    )
    assignments = {
        each.voice_id: each
        for each in Assignment.objects.filter(voice__session__campaign=campaign).select_related(
            "speaker__character"
        )
    }
    characters = _characters(campaign)
    return [_standing(voice, assignments.get(voice.pk), characters.get(voice.pk)) for voice in voices]


def _standing(voice: Voice, assignment: Assignment | None, character: Character | None) -> StandingVoice:
    speaker = assignment.speaker if assignment else None
    suggested = assignment is not None and assignment.suggested
    return StandingVoice(
        voice=voice,
        talk_ms=voice.talk_ms + getattr(voice, "merged_ms", 0),
        speaker=None if suggested else speaker,
        suggestion=speaker if suggested else None,
        confirmed=assignment is not None and assignment.locked,
        character=character,
    )


def _characters(campaign: Campaign) -> dict[int, Character]:
    """Returns the character of each voice of which every line is spoken as that one, by the voice's key."""
    spoken: dict[int, set[int | None]] = defaultdict(set)
    lines = Segment.objects.filter(session__campaign=campaign, voice__isnull=False).order_by()
    for voice, into, character in lines.values_list("voice", "voice__merged_into", "character").distinct():
        spoken[into or voice].add(character)
    known = Character.objects.in_bulk({key for keys in spoken.values() for key in keys if key})
    return {
        voice: known[key]
        for voice, keys in spoken.items()
        if len(keys) == 1
        for key in keys
        if key is not None
    }
