"""Texts that members read aloud, from when they come in until a worker has learnt from them.

>>> latest_reading(campaign, owner) is None
True
"""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from sessions_app.models import Campaign, Errand, ErrandKind, User
from speakers_app.models import Speaker, Voiceprint
from speakers_app.people import own_speaker


def drop_readings(speaker: Speaker) -> None:
    """Ends whatever is being learnt from texts that the person read, and removes the sound; voiceprints stay."""
    Errand.objects.filter(kind=ErrandKind.ENROL, inputs__speaker=speaker.pk).delete()


def latest_reading(campaign: Campaign, user: User) -> Errand | None:
    """Returns the task that learns, or learnt, from the text that ``user`` read last."""
    speaker = own_speaker(campaign, user)
    if speaker is None:
        return None
    tasks = Errand.objects.filter(kind=ErrandKind.ENROL, inputs__speaker=speaker.pk)
    found: Errand | None = tasks.order_by("-pk").first()
    return found


@receiver(post_delete, sender=Errand)
def _remove_sound(sender: type[Errand], instance: Errand, **kwargs: object) -> None:
    """Takes the sound of a text along from which nothing was learnt; only once that is certain."""
    name = instance.inputs.get("audio_name")
    if name and not Voiceprint.objects.filter(audio_name=name).exists():
        transaction.on_commit(partial(default_storage.delete, name))
