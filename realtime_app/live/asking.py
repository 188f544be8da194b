"""What an editor can choose from when they say whose a live line is."""

from __future__ import annotations

from dataclasses import dataclass

from sessions_app.models import Segment, Voice
from sessions_app.transcripts.voices import shown_voices, voice_names
from sessions_app.voice_book import VoiceName
from speakers_app.line_choices import VoiceChoice, others_to_choose, voices_to_choose
from speakers_app.roster import RosterEntry, roster


@dataclass(frozen=True, slots=True)
class Asking:
    """The choices for one line.

    Attributes:
        line: which.
        voice: whose it is by now; None where nobody knows.
        name: what that voice is called.
        people: everybody whom the campaign knows.
        picks: those of them whom no voice of the session has yet.
        voices_heard: everybody who is heard in the session.
        others_heard: those of them who are not this voice.
    """

    line: Segment
    voice: Voice | None
    name: VoiceName | None
    people: list[RosterEntry]
    picks: list[RosterEntry]
    voices_heard: list[VoiceChoice]
    others_heard: list[VoiceChoice]


def asking(line: Segment) -> Asking:
    """Returns the choices for ``line``.

    >>> line = session.segments.exclude(voice=None).first()
    >>> asked = asking(line)
    >>> asked.name.name, len(asked.voices_heard), len(asked.others_heard)
    ('Speaker 1', 3, 2)
    """
    session = line.session
    voice = (line.voice.merged_into or line.voice) if line.voice else None
    heard = voices_to_choose(session)
    shown = shown_voices(session)[voice.pk] if voice else None
    return Asking(
        line=line,
        voice=voice,
        name=voice_names(session)[voice.pk] if voice else None,
        people=roster(session.campaign),
        picks=others_to_choose(session),
        voices_heard=heard,
        others_heard=[choice for choice in heard if choice.shown != shown],
    )
