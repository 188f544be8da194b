"""Compares voices with the people of the campaign; what people decided stands, all else follows from it.

>>> known_people(campaign), derive(campaign)  # nobody has named a voice yet
([], set())
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction

from engine.identity import Band, Known, Match, identify
from engine.values import VoiceEmbedding
from sessions_app.models import Campaign, Session, Voice
from speakers_app.models import Assignment, How, Speaker, SpeakerRole, Voiceprint
from speakers_app.prints import bring_prints_up_to_date


def derive(campaign: Campaign, sessions: Iterable[Session] | None = None) -> set[int]:
    """Brings everything that follows from people's decisions up to date: voiceprints, then names by comparison.

    Args:
        campaign: whose people are known.
        sessions: those whose voices are compared anew; all of the campaign's by default.

    Returns:
        Primary keys of the sessions in which a name or a suggestion changed.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
        bring_prints_up_to_date(campaign)
        return compare(campaign, sessions)


def compare(campaign: Campaign, sessions: Iterable[Session] | None = None) -> set[int]:
    """Makes the automatic assignments of ``sessions`` anew; returns the keys of those in which one changed."""
    known = known_people(campaign)
    expected = {person.key: person.expected for person in known}
    voices = Voice.objects.filter(session__campaign=campaign, merged_into=None).select_related("assignment")
    if sessions is not None:
        voices = voices.filter(session__in=list(sessions))
    by_session: dict[int, list[Voice]] = defaultdict(list)
    for voice in voices.order_by("session", "number"):
        by_session[voice.session_id].append(voice)
    Assignment.objects.automatic().filter(
        voice__session__campaign=campaign, voice__merged_into__isnull=False
    ).delete()
    changed = set()
    for session, found in by_session.items():
        undecided = [voice for voice in found if not _is_locked(voice)]
        decided = [voice for voice in found if _is_locked(voice)]
        matches = _matches(undecided, decided, known, _taken(found))
        for voice in undecided:
            if _write(voice, matches.get(voice.pk), expected):
                changed.add(session)
    return changed


def known_people(campaign: Campaign) -> list[Known]:
    """Returns everyone of whom there is a voiceprint; players and the DM are expected, guests are not."""
    prints: dict[int, list[VoiceEmbedding]] = defaultdict(list)
    recorded: dict[int, list[str]] = defaultdict(list)
    for row in Voiceprint.objects.filter(speaker__campaign=campaign):
        prints[row.speaker_id].append(row.embedding)
        recorded[row.speaker_id].append(f"session {row.session_id}" if row.session_id else f"text {row.pk}")
    return [
        Known(
            speaker.pk,
            tuple(prints[speaker.pk]),
            expected=speaker.role != SpeakerRole.GUEST,
            sessions=tuple(recorded[speaker.pk]),
        )
        for speaker in Speaker.objects.filter(pk__in=prints).order_by("pk")
    ]


def _is_locked(voice: Voice) -> bool:
    assignment = getattr(voice, "assignment", None)
    return assignment is not None and assignment.locked


def _taken(voices: list[Voice]) -> set[int]:
    """Returns the people whom somebody already found among the session's voices: nobody is two voices by comparison."""
    return {
        voice.assignment.speaker_id for voice in voices if _is_locked(voice) and voice.assignment.speaker_id
    }


def _matches(
    voices: list[Voice], beside: list[Voice], known: list[Known], taken: set[int]
) -> dict[int, Match]:
    """Returns the matches of ``voices``, by key; those ``beside`` them only help to tell the microphone."""
    matches = identify(_heard(voices), known, taken=taken, beside=_heard(beside))
    return {match.voice: match for match in matches}


def _heard(voices: list[Voice]) -> list[VoiceEmbedding]:
    return [
        VoiceEmbedding(voice.pk, tuple(voice.embedding), voice.embedding_model, voice.speech_ms)
        for voice in voices
        if voice.embedding
    ]


def _write(voice: Voice, match: Match | None, expected: dict[int, bool]) -> bool:
    """Stores what the comparison says of a voice; returns whether that is news."""
    before: Assignment | None = getattr(voice, "assignment", None)
    if match is None or match.key is None or match.band == Band.UNKNOWN:
        if before is not None:
            before.delete()
        return before is not None
    fields = {
        "speaker_id": match.key,
        "how": How.ROSTER if expected[match.key] else How.KNOWN,
        "suggested": match.band == Band.SUGGESTED,
        "score": round(match.score, 4),
        "runner_up_id": match.runner_up,
        "runner_up_score": None if match.runner_up is None else round(match.runner_up_score, 4),
    }
    if before is not None and all(getattr(before, name) == value for name, value in fields.items()):
        return False
    Assignment.objects.update_or_create(voice=voice, defaults=fields | {"locked": False, "decided_by": None})
    return True
