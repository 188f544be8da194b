"""Makes one of two people who are the same person.

>>> from speakers_app.models import Speaker
>>> anna, ann = (Speaker.objects.create(campaign=campaign, name=name) for name in ("Anna", "Ann"))
>>> change = merge_people(ann, anna, owner)
>>> [speaker.name for speaker in campaign.speakers.all()]
['Anna']
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from sessions_app.models import User
from speakers_app.history import recording
from speakers_app.models import Assignment, Change, Consent, Speaker, Verb, Voiceprint


class CannotMerge(Exception):
    """These two can't be one person; the message says why to people."""


def merge_people(speaker: Speaker, into: Speaker, user: User | None) -> Change:
    """Says that two people are one, who keeps the name, role and colour of ``into``.

    Voices that people confirmed, texts read aloud, and what ``into`` has none of (account, character) move over.
    Can be undone.

    Raises:
        CannotMerge: they are two accounts, or only one of them wants their voice to be kept.
        ValueError: they are the same already, or of two campaigns.
    """
    if speaker == into or speaker.campaign_id != into.campaign_id:
        raise ValueError("only two people of one campaign can be merged")
    with recording(speaker.campaign, user, Verb.MERGE_SPEAKERS, f"{speaker.name} → {into.name}") as change:
        for each in (speaker, into):  # what they wish may have changed since they were fetched
            each.refresh_from_db()
        _check(speaker, into)
        Assignment.objects.locked().filter(speaker=speaker).update(speaker=into)
        Voiceprint.objects.filter(speaker=speaker, voice=None).update(speaker=into)
        into.consent = _consent(speaker, into)
        into.member_id = into.member_id or speaker.member_id
        into.character_id = into.character_id or speaker.character_id
        speaker.delete()  # before the other is saved: only one person can have the account
        into.save(update_fields=["consent", "member", "character"])
    return change


def _check(speaker: Speaker, into: Speaker) -> None:
    if speaker.member_id and into.member_id:
        raise CannotMerge(_("Both have an account of their own, so they are two people."))
    refusing = [each for each in (speaker, into) if each.consent == Consent.WITHDRAWN]
    if len(refusing) == 1:
        other = into if refusing[0] == speaker else speaker
        raise CannotMerge(
            _(
                "%(name)s does not want their voice to be kept. Forget the voice of %(other)s first; then they can"
                " be merged."
            )
            % {"name": refusing[0].name, "other": other.name}
        )


def _consent(speaker: Speaker, into: Speaker) -> str:
    """Returns what holds of the person they both are: what the one with an account said, else what either did."""
    for each in (into, speaker):
        if each.member_id:
            return each.consent
    return Consent.GIVEN if Consent.GIVEN in (speaker.consent, into.consent) else into.consent
