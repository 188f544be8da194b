"""Lets a member's voice be known from a text that they read aloud.

>>> len(text_to_read(campaign).split()) > 50
True
"""

from __future__ import annotations

import uuid
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from engine.errors import MediaRefused
from sessions_app.errands.asking import start
from sessions_app.models import Campaign, Errand, ErrandKind, Language, User
from sessions_app.runs.audio import local_files
from sessions_app.uploads.inspection import file_ending, inspect
from speakers_app.consent import agree
from speakers_app.people import speaker_of_member
from speakers_app.readings import drop_readings

MOST_BYTES = 20 << 20
MOST_MS = 120_000

TEXTS = {
    Language.DUTCH: (
        "De herberg zit vol vanavond en het vuur brandt laag. Een vreemdeling in een grijze mantel rolt een kaart uit"
        " op onze tafel en vraagt heel zacht wie van ons bang is in het donker. Niemand geeft antwoord. Dan lacht de"
        " dwerg, de tovenaar schenkt nog eens in, en ik zeg wat ik altijd zeg: eerst het goud, dan de weg, en over"
        " die draak praten we morgenochtend wel verder."
    ),
    Language.ENGLISH: (
        "The tavern is full tonight, and the fire burns low. A stranger in a grey cloak unrolls a map on our table and"
        " asks, very quietly, which of us is afraid of the dark. Nobody answers. Then the dwarf laughs, the wizard"
        " pours another cup, and I say what I always say: first the gold, then the road, and about that dragon we can"
        " talk in the morning."
    ),
}
"""What members read; about 25 seconds, with all the vowels of its language."""


def text_to_read(campaign: Campaign) -> str:
    """Returns the text in the campaign's language."""
    return TEXTS[Language(campaign.language)]


def receive_reading(campaign: Campaign, user: User, sound: IO[bytes], name: str) -> Errand:
    """Takes in what ``user`` read aloud, and has a worker learn their voice from it; doing so is agreeing to it.

    Args:
        campaign: in which their voice is to be recognised.
        user: whose voice it is.
        sound: the open file.
        name: what the file is called where it comes from.

    Raises:
        MediaRefused, NoAudio: it is nothing that Scribe opens, or longer than two minutes.
    """
    stored = f"readings/{campaign.uuid}/{uuid.uuid4()}{file_ending(name)}"
    stored = default_storage.save(stored, File(sound))
    try:
        _inspect(stored, name)
        with transaction.atomic():
            Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
            speaker = speaker_of_member(campaign, user)
            drop_readings(speaker)
            agree(speaker)
            inputs = {"speaker": speaker.pk, "audio_name": stored}
            return start(ErrandKind.ENROL, campaign, None, user, inputs)
    except BaseException:
        default_storage.delete(stored)
        raise


def _inspect(stored: str, name: str) -> None:
    with local_files([stored]) as (path,):
        findings = inspect(path, name)
    if findings.duration_ms is not None and findings.duration_ms > MOST_MS:
        raise MediaRefused("That is longer than two minutes. Read just the text, it takes half a minute.")
