"""Keeps the stored voiceprints what the confirmed assignments say: one for each voice that somebody confirmed.

>>> from speakers_app.models import Voiceprint
>>> bring_prints_up_to_date(campaign)
>>> Voiceprint.objects.filter(speaker__campaign=campaign).count()  # nothing is confirmed
0
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q

from sessions_app.models import Campaign, Voice
from speakers_app.models import Assignment, Speaker, Voiceprint

LEAST_SPEECH_MS = 1000
"""A voice that was heard clearly for less than this leaves no voiceprint: it would decide nothing."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    speaker: Speaker
    confirmed_by: int | None


def bring_prints_up_to_date(campaign: Campaign) -> None:
    """Adds the voiceprints that confirmed assignments call for, and removes those that nothing calls for any more.

    Voiceprints that were read aloud, or whose voice is no more, stay as long as their speaker may be kept.
    """
    Voiceprint.objects.filter(speaker__in=_not_to_be_kept(campaign)).delete()
    wanted = _wanted(campaign)
    of_voices = Voiceprint.objects.filter(speaker__campaign=campaign, voice__isnull=False)
    same = of_voices.filter(vector=F("voice__embedding"), model=F("voice__embedding_model"))
    as_heard = set(same.values_list("pk", flat=True))
    there = set()
    for row in of_voices.defer("vector"):
        want = wanted.get(row.voice_id or 0)
        if want is None or want.speaker.pk != row.speaker_id or row.pk not in as_heard:
            row.delete()
        else:
            there.add(row.voice_id)
    missing = Voice.objects.filter(
        pk__in=wanted.keys() - there, embedding__isnull=False, speech_ms__gte=LEAST_SPEECH_MS
    )
    Voiceprint.objects.bulk_create(
        Voiceprint(
            speaker=wanted[voice.pk].speaker,
            voice=voice,
            session_id=voice.session_id,
            vector=voice.embedding,
            model=voice.embedding_model,
            speech_ms=voice.speech_ms,
            confirmed_by_id=wanted[voice.pk].confirmed_by,
        )
        for voice in missing
    )


def _not_to_be_kept(campaign: Campaign) -> list[int]:
    speakers = Speaker.objects.filter(campaign=campaign).select_related("campaign")
    return [speaker.pk for speaker in speakers if not speaker.may_be_kept]


def _wanted(campaign: Campaign) -> dict[int, _Wanted]:
    """Returns whose voiceprint each voice makes, those that were merged into a confirmed one included."""
    confirmed = (
        Assignment.objects.locked()
        .filter(voice__session__campaign=campaign, speaker__isnull=False)
        .select_related("speaker__campaign")
    )
    by_root = {
        each.voice_id: _Wanted(each.speaker, each.decided_by_id)
        for each in confirmed
        if each.speaker is not None and each.speaker.may_be_kept
    }
    roots = Voice.objects.filter(Q(pk__in=by_root) | Q(merged_into__in=by_root))
    return {
        pk: by_root[into or pk]
        for pk, into in roots.values_list("pk", "merged_into")
        if (into or pk) in by_root
    }
