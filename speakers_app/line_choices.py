"""Whose lines can be said to be, and as whom they can be spoken: what people choose from on the transcript page.

>>> [character.name for character in cast_to_choose(session)]
['Mira', 'Warden']
>>> len(voices_to_choose(session))
3
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sessions_app.models import Character, CharacterRole, Session, Voice
from sessions_app.transcripts.voices import ShownVoice, shown_voices
from speakers_app.roster import RosterEntry, roster


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """Somebody who is heard in the session, and the voice that lines go to."""

    shown: ShownVoice
    uuid: UUID


def voices_to_choose(session: Session) -> list[VoiceChoice]:
    """Returns everybody who is heard in ``session``, the most talkative first, each once."""
    shown = shown_voices(session)
    by_person: dict[ShownVoice, Voice] = {}
    for voice in session.voices.filter(merged_into=None).only("uuid", "number").order_by("number"):
        by_person.setdefault(shown[voice.pk], voice)
    return [
        VoiceChoice(person, by_person[person].uuid)
        for person in dict.fromkeys(shown.values())
        if person in by_person
    ]


def others_to_choose(session: Session) -> list[RosterEntry]:
    """Returns the campaign's people who are not heard in ``session``."""
    heard = {person.name.casefold() for person in shown_voices(session).values()}
    return [entry for entry in roster(session.campaign) if entry.name.casefold() not in heard]


def voice_called(session: Session, name: str) -> Voice | None:
    """Returns the voice that is shown under ``name`` in ``session``, if any."""
    for choice in voices_to_choose(session):
        if choice.shown.name.casefold() == name.casefold():
            voice: Voice = session.voices.defer("embedding").get(uuid=choice.uuid)
            return voice
    return None


def cast_to_choose(session: Session) -> list[Character]:
    """Returns the characters of the campaign's party, those of players first."""
    order = list(CharacterRole)
    cast = Character.objects.filter(party__campaign=session.campaign_id).select_related("member")
    return sorted(
        cast, key=lambda character: (order.index(CharacterRole(character.role)), character.name.casefold())
    )
