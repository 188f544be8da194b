"""Forgets a voice: everything by which a person could be recognised goes, names and transcripts stay.

>>> from speakers_app.models import Speaker
>>> anna = Speaker.objects.create(campaign=campaign, name="Anna")
>>> may_forget(anna, owner), voices_of_person(anna).count()
(True, 0)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from engine.values import Diarization, Span, Turn
from sessions_app.models import (
    Campaign,
    Errand,
    ErrandKind,
    Segment,
    Session,
    StageName,
    StageResult,
    State,
    User,
    Voice,
)
from sessions_app.runs.notices import transcript_changed
from speakers_app.consent import follow
from speakers_app.matching import derive
from speakers_app.models import Assignment, Change, Consent, Speaker, Verb, Voiceprint
from speakers_app.readings import drop_readings

THEIRS_FROM = 0.2
"""A voice of a kept result of which this share was said by the person is theirs: its vector goes."""

TIME_TO_UNDO = timedelta(minutes=15)
"""How long a voice that is given the name of somebody who wants none kept stays whole, in case it was a mistake."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """By how much a person can be recognised.

    Attributes:
        voiceprints: stored for the person; those of a text read aloud included.
        readings: texts read aloud, with their sound.
        voices: of sessions, that bear the person's name and whose vector is kept.
        sessions: in which the person bears a name.
    """

    voiceprints: int
    readings: int
    voices: int
    sessions: int

    @property
    def anything(self) -> bool:
        """Whether there is anything to forget."""
        return bool(self.voiceprints or self.voices)


def holdings(speaker: Speaker) -> Holdings:
    """Returns what is kept of the person's voice."""
    voices = voices_of_person(speaker)
    return Holdings(
        voiceprints=speaker.voiceprints.count(),
        readings=speaker.voiceprints.exclude(audio_name="").count(),
        voices=voices.filter(embedding__isnull=False).count(),
        sessions=voices.values("session").distinct().count(),
    )


def may_forget(speaker: Speaker, user: User | AnonymousUser) -> bool:
    """Whether ``user`` may have the person's voice forgotten: who edits the campaign, and always the person."""
    own = speaker.member_id is not None and speaker.member_id == user.pk
    return own or speaker.campaign.is_editable_by(user)


def voices_of_person(speaker: Speaker) -> QuerySet[Voice]:
    """Returns the voices that bear the person's name, merged ones included."""
    shown = Assignment.objects.shown().filter(speaker=speaker).values("voice")
    voices: QuerySet[Voice] = Voice.objects.filter(Q(pk__in=shown) | Q(merged_into__in=shown))
    return voices


def forget(speaker: Speaker) -> None:
    """Removes all by which the person could be recognised, and keeps it from coming back.

    Voiceprints, the vectors of their voices in all sessions and in kept results of Runs, the sound of texts that they
    read, tasks that would learn more, and records of changes from which a vector could be put back. Names that
    transcripts show stay, those given by comparison too; this can't be undone.
    """
    campaign = speaker.campaign
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
        speaker.consent = Consent.WITHDRAWN
        speaker.save(update_fields=["consent"])
        named = Assignment.objects.automatic().shown().filter(speaker=speaker)
        named.update(locked=True, decided_at=timezone.now())
        voices = list(voices_of_person(speaker))
        sessions = _strip(voices)
        _drop_tasks(speaker, sessions)
        Voiceprint.objects.filter(speaker=speaker).delete()
        _drop_changes(speaker)
        touched = derive(campaign) | sessions
        for session in Session.objects.filter(pk__in=touched).only("uuid"):
            transcript_changed(session)


def forget_again(session: Session | None = None) -> None:
    """Removes vectors that came back for people who want none kept: a Run made them, or a voice got such a name.

    Args:
        session: whose voices were just stored; without one, all voices that bear such a name for a while.
    """
    refused = Assignment.objects.locked().filter(speaker__consent=Consent.WITHDRAWN)
    if session is not None:
        refused = refused.filter(voice__session=session)
    else:
        refused = refused.filter(decided_at__lt=timezone.now() - TIME_TO_UNDO)
    roots = refused.values("voice")
    kept = Voice.objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots), embedding__isnull=False)
    # Asked first, because the reconciler asks often, and a transaction locks SQLite.
    for campaign in set(kept.order_by().values_list("session__campaign", flat=True)):
        with transaction.atomic():
            Campaign.objects.select_for_update().only("pk").filter(pk=campaign).first()
            _strip(list(kept.filter(session__campaign=campaign)))


def delete_voiceprint(voiceprint: Voiceprint) -> None:
    """Deletes a voiceprint that stands for no voice of today: of a text read aloud, or of an earlier processing.

    Raises:
        ValueError: it stands for a confirmed voice, and would come back.
    """
    if voiceprint.voice_id is not None:
        raise ValueError("the voiceprint of a confirmed voice goes with its name")
    campaign = voiceprint.speaker.campaign
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
        voiceprint.delete()
        follow(campaign)


def _strip(voices: list[Voice]) -> set[int]:
    """Removes the vectors of ``voices``, here, in kept results and in records of changes.

    Returns:
        The keys of their sessions.
    """
    sessions = {voice.session_id for voice in voices}
    for session in sessions:
        _strip_results(session, [voice for voice in voices if voice.session_id == session])
    Voice.objects.filter(pk__in=[voice.pk for voice in voices]).update(
        embedding=None, embedding_model="", speech_ms=0
    )
    changes = Change.objects.filter(session__in=sessions).only("pk", "rows")
    _drop(change for change in changes.iterator() if _holds_a_vector(change))
    return sessions


def _strip_results(session: int, voices: list[Voice]) -> None:
    """Takes the vectors of ``voices`` out of what earlier Runs found, so that no later one finds them there."""
    lines = Segment.objects.filter(Q(voice__in=voices) | Q(heard_voice__in=voices), session=session)
    said = _joined(Span(*row) for row in lines.order_by("start_ms").values_list("start_ms", "end_ms"))
    vectors = {tuple(voice.embedding) for voice in voices if voice.embedding}
    for result in StageResult.objects.filter(session=session, stage=StageName.DIARIZE):
        found = Diarization.from_json(result.payload)
        theirs = {voice for voice, share in _shares(found.turns, said).items() if share >= THEIRS_FROM} | {
            each.voice for each in found.embeddings if each.vector in vectors
        }
        kept = tuple(each for each in found.embeddings if each.voice not in theirs)
        if len(kept) < len(found.embeddings):
            result.payload = replace(found, embeddings=kept).to_json()
            result.save(update_fields=["payload"])


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Returns spans that come in order of their starts, without overlap."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_ms <= joined[-1].end_ms:
            joined[-1] = Span(joined[-1].start_ms, max(joined[-1].end_ms, span.end_ms))
        else:
            joined.append(span)
    return joined


def _shares(turns: Iterable[Turn], said: list[Span]) -> dict[int, float]:
    """Returns which part of each voice's turns lies on ``said``, which is in order and without overlap."""
    total: dict[int, int] = {}
    shared: dict[int, int] = {}
    first = 0
    for turn in sorted(turns):
        while first < len(said) and said[first].end_ms <= turn.start_ms:
            first += 1
        total[turn.voice] = total.get(turn.voice, 0) + turn.duration_ms
        for span in said[first:]:
            if span.start_ms >= turn.end_ms:
                break
            overlap = min(span.end_ms, turn.end_ms) - max(span.start_ms, turn.start_ms)
            shared[turn.voice] = shared.get(turn.voice, 0) + max(0, overlap)
    return {voice: shared.get(voice, 0) / (ms or 1) for voice, ms in total.items()}


def _drop_tasks(speaker: Speaker, sessions: set[int]) -> None:
    """Ends what would make vectors of the person; a worker that is at it finds its claim gone."""
    drop_readings(speaker)
    splits = Errand.objects.active().filter(kind=ErrandKind.SPLIT, session__in=sessions)
    splits.update(state=State.CANCELLED, finished_at=timezone.now())


def _drop_changes(speaker: Speaker) -> None:
    """Removes the records from which what the person had agreed to before could be put back."""
    changes = Change.objects.filter(campaign=speaker.campaign_id).only("pk", "verb", "rows")
    _drop(change for change in changes.iterator() if _is_about(change, speaker))


def _drop(changes: Iterable[Change]) -> None:
    Change.objects.filter(pk__in=[change.pk for change in changes]).delete()


def _is_about(change: Change, speaker: Speaker) -> bool:
    """Whether the change made, edited or removed the person, or gave them what was another one's."""
    if str(speaker.pk) in change.rows.get("speaker", {}):
        return True
    if change.verb != Verb.MERGE_SPEAKERS:
        return False
    moved = [*change.rows.get("assignment", {}).values(), *change.rows.get("voiceprint", {}).values()]
    return any(
        state is not None and state.get("speaker_id") == speaker.pk for both in moved for state in both
    )


def _holds_a_vector(change: Change) -> bool:
    states = (state for both in change.rows.get("voice", {}).values() for state in both)
    return any(state is not None and state.get("embedding") for state in states)
