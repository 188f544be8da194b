"""The voices of a session as a page shows them: name, colour and share of the talking.

>>> [voice.name for voice in shown_voices(session).values()][:1]
['Speaker 2']
>>> len(voices_of(session))
3
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from sessions_app.models import Session, Voice
from sessions_app.voice_book import VoiceName, voice_book


@dataclass(frozen=True, slots=True)
class ShownVoice:
    """One person's voice in a session, under the name and colour that readers know it by.

    Attributes:
        number: the first of ``numbers``, by which addresses choose it.
        numbers: of the voices that are this person; more than one where voices were merged or named alike.
        share: part of all talk in the session, 0 to 1.
    """

    number: int
    numbers: tuple[int, ...]
    name: str
    colour: int
    known: bool
    to_name: bool
    character: str
    talk_ms: int
    share: float


def voices_of(session: Session) -> list[Voice]:
    """Returns the voices of ``session``, without their vectors."""
    return list(session.voices.defer("embedding"))


def voice_names(session: Session) -> dict[int, VoiceName]:
    """Returns what each voice of ``session`` is called, by the voice's primary key."""
    return voice_book().names(voices_of(session))


def shown_voices(session: Session) -> dict[int, ShownVoice]:
    """Returns the voices of ``session`` by primary key, the most talkative first; one person's share one value."""
    voices = voices_of(session)
    names = voice_book().names(voices)
    total = sum(voice.talk_ms for voice in voices) or 1
    by_key = sorted(voices, key=lambda voice: (names[voice.pk].key, voice.number))
    people = [list(group) for _, group in groupby(by_key, key=lambda voice: names[voice.pk].key)]
    shown = [(_shown(group, names[group[0].pk], total), group) for group in people]
    shown.sort(key=lambda pair: (-pair[0].talk_ms, pair[0].number))
    return {voice.pk: person for person, group in shown for voice in group}


def _shown(group: list[Voice], name: VoiceName, total: int) -> ShownVoice:
    talk_ms = sum(voice.talk_ms for voice in group)
    return ShownVoice(
        number=group[0].number,
        numbers=tuple(voice.number for voice in group),
        name=name.name,
        colour=name.colour,
        known=name.known,
        to_name=name.to_name,
        character=name.character,
        talk_ms=talk_ms,
        share=talk_ms / total,
    )
