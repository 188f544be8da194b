"""The voices of a session as a page shows them: name, colour and share of the talking."""

from __future__ import annotations

from dataclasses import dataclass

from sessions_app.models import Session, Voice

COLOURS = 12
"""How many voice colours the stylesheet has (``.voice-1`` to ``.voice-12``)."""


@dataclass(frozen=True, slots=True)
class ShownVoice:
    """One voice under the name and colour that readers know it by."""

    number: int
    name: str
    colour: int
    talk_ms: int
    share: float
    """Part of all talk in the session, 0 to 1."""


def voice_names(session: Session) -> dict[int, str]:
    """Returns what each voice of ``session`` is called, by the voice's primary key."""
    return {voice.pk: str(voice.label) for voice in session.voices.defer("embedding")}


def voice_colour(number: int) -> int:
    """Returns which of the stylesheet's colours the voice with this number has.

    >>> voice_colour(13)
    1
    """
    return (number - 1) % COLOURS + 1


def shown_voices(session: Session) -> dict[int, ShownVoice]:
    """Returns the voices of ``session`` by primary key, the most talkative first."""
    names = voice_names(session)
    voices: list[Voice] = sorted(
        session.voices.defer("embedding"), key=lambda voice: (-voice.talk_ms, voice.number)
    )
    total = sum(voice.talk_ms for voice in voices) or 1
    return {
        voice.pk: ShownVoice(
            number=voice.number,
            name=names[voice.pk],
            colour=voice_colour(voice.number),
            talk_ms=voice.talk_ms,
            share=voice.talk_ms / total,
        )
        for voice in voices
    }
