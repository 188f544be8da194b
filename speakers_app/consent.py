"""What people say about the keeping of their voice, and who may say it for them.

>>> from speakers_app.models import Speaker
>>> anna = Speaker.objects.create(campaign=campaign, name="Anna")
>>> may_agree_for(anna, owner)
True
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from sessions_app.models import Campaign, Session, User
from sessions_app.runs.notices import transcript_changed
from speakers_app.matching import derive
from speakers_app.models import Consent, Speaker


def may_agree_for(speaker: Speaker, user: User | AnonymousUser) -> bool:
    """Whether ``user`` may say that the person agreed: only they themself, or an owner where they have no account."""
    if speaker.member_id is not None:
        return speaker.member_id == user.pk
    return speaker.campaign.is_owned_by(user)


def agree(speaker: Speaker) -> None:
    """Notes that the person agreed; what was confirmed of their voice is kept from now on."""
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=speaker.campaign_id)
        speaker.consent = Consent.GIVEN
        speaker.save(update_fields=["consent"])
        follow(speaker.campaign)


def follow(campaign: Campaign) -> None:
    """Lets voiceprints and names follow from what people of the campaign agreed to, or have to be asked."""
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
        for session in Session.objects.filter(pk__in=derive(campaign)).only("uuid"):
            transcript_changed(session)
