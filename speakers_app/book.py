"""The voice book of an installation that knows people: names of voices, and what follows when voices are stored.

>>> sorted(name.name for name in Book().names(session.voices.all()).values())
['Speaker 1', 'Speaker 2', 'Speaker 3']
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from sessions_app.models import Campaign, Session, Voice
from sessions_app.runs.engine import Engine
from sessions_app.voice_book import COLOURS, VoiceName, voice_colour
from speakers_app.consent import follow
from speakers_app.embedding_again import embed_again_after_a_change
from speakers_app.forgetting import forget_again
from speakers_app.matching import derive
from speakers_app.models import Assignment, Speaker, Voiceprint


class Book:
    """Answers what sessions ask; see :class:`sessions_app.voice_book.VoiceBook`."""

    def names(self, voices: Iterable[Voice]) -> dict[int, VoiceName]:
        """Returns the speaker's name where the voice is assigned to one, else its number; one query."""
        found = sorted(voices, key=lambda voice: (voice.session_id, voice.number))
        roots = {voice.merged_into_id or voice.pk for voice in found}
        settled = Assignment.objects.settled().filter(voice__in=roots).select_related("speaker__character")
        speakers = {each.voice_id: each.speaker for each in settled}
        names: dict[int, VoiceName] = {}
        for _, group in groupby(found, key=lambda voice: voice.session_id):
            names |= _names(list(group), speakers)
        return names

    def people(self, campaign: Campaign) -> list[str]:
        """Returns the names of the campaign's speakers."""
        return list(Speaker.objects.filter(campaign=campaign).values_list("name", flat=True))

    def stored(self, session: Session) -> None:
        """Makes the voiceprints of confirmed voices anew, and compares the session's voices with what is known."""
        Voiceprint.objects.filter(voice__session=session).delete()
        forget_again(session)
        derive(session.campaign)

    def work(self, engine: Engine, worker: str) -> None:
        """Has vectors made again that another voice encoder than the worker's had made."""
        embed_again_after_a_change(engine)

    def tidy(self) -> None:
        """Forgets again what was brought back of people who were to be forgotten."""
        forget_again()

    def consent_changed(self, campaign: Campaign) -> None:
        """Deletes the voiceprints of those who were not asked yet, or makes those that may be kept again."""
        follow(campaign)


def _names(voices: list[Voice], speakers: dict[int, Speaker | None]) -> dict[int, VoiceName]:
    """Returns the names of one session's voices; an unnamed one never has the colour of a named one.

    Args:
        voices: of one session.
        speakers: who the voices are; None for one that is to stay unnamed.
    """
    of_session = {voice.pk: voice for voice in voices}
    roots = {voice.pk: of_session.get(voice.merged_into_id or voice.pk, voice) for voice in voices}
    named = [speakers[pk] for pk in of_session if pk in speakers]
    free = set(range(1, COLOURS + 1)) - {speaker.colour for speaker in named if speaker}
    talking = {root.merged_into_id or root.pk for pk, root in roots.items() if of_session[pk].talk_ms}
    by_root: dict[int, VoiceName] = {}
    for root in dict.fromkeys(roots.values()):
        key = root.merged_into_id or root.pk
        speaker = speakers.get(key)
        to_name = key in talking and key not in speakers
        by_root[root.pk] = _of_speaker(speaker) if speaker else _of_voice(root, free, to_name)
    return {pk: by_root[root.pk] for pk, root in roots.items()}


def _of_speaker(speaker: Speaker) -> VoiceName:
    character = speaker.character.name if speaker.character else ""
    return VoiceName(
        f"speaker-{speaker.pk}",
        speaker.name,
        speaker.colour,
        known=True,
        role=speaker.role,
        character=character,
    )


def _of_voice(voice: Voice, free: set[int], to_name: bool) -> VoiceName:
    usual = voice_colour(voice.number)
    colour = usual if usual in free or not free else min(free)
    free.discard(colour)
    return VoiceName(f"voice-{voice.pk}", str(voice.label), colour, to_name=to_name)
