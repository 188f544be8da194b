"""Texts that members read aloud, from when they come in until a worker has learnt from them."""

from __future__ import annotations

from sessions_app.models import Campaign, User
from speakers_app.models import Speaker, TaskKind, VoiceTask
from speakers_app.people import own_speaker


def drop_readings(speaker: Speaker) -> None:
    """Ends whatever is being learnt from texts that the person read, and removes the sound; voiceprints stay."""
    VoiceTask.objects.filter(kind=TaskKind.ENROL, inputs__speaker=speaker.pk).delete()


def latest_reading(campaign: Campaign, user: User) -> VoiceTask | None:
    """Returns the task that learns, or learnt, from the text that ``user`` read last."""
    speaker = own_speaker(campaign, user)
    if speaker is None:
        return None
    tasks = VoiceTask.objects.filter(kind=TaskKind.ENROL, inputs__speaker=speaker.pk)
    found: VoiceTask | None = tasks.order_by("-pk").first()
    return found
