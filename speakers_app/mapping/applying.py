"""Reads a mapping file into a campaign: all of it or nothing, as one change that can be undone.

>>> from speakers_app.mapping.file import read_mapping
>>> from speakers_app.mapping.writing import write_mapping
>>> import_mapping(campaign, read_mapping(write_mapping(campaign).encode()), owner).get_verb_display()
'read names from a file'
"""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from sessions_app.models import Campaign, Segment, User
from speakers_app.decisions import decide
from speakers_app.history import recording
from speakers_app.mapping.file import Mapping
from speakers_app.mapping.plan import Person, Plan, Speech
from speakers_app.mapping.planning import plan_of
from speakers_app.models import Change, How, Speaker, Verb
from speakers_app.roster import speaker_named


class PlanChanged(Exception):
    """The file would do something else by now than what somebody was shown.

    Args:
        plan: what it would do.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__("the campaign was changed since the file was looked at")
        self.plan = plan


def import_mapping(
    campaign: Campaign, mapping: Mapping, user: User | None, seen: str | None = None
) -> Change:
    """Makes everything as the file says; returns the change, which has no primary key if there was nothing to do.

    Args:
        campaign: into which it is read.
        mapping: the file.
        user: who does it.
        seen: the digest of the plan that they agreed to; by default whatever the file says is done.

    Raises:
        FileRefused: when the file does not fit the campaign; nothing is changed.
        PlanChanged: when it would do something else than what was agreed to; nothing is changed.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().only("pk").get(pk=campaign.pk)
        plan = plan_of(campaign, mapping)
        if seen is not None and seen != plan.digest:
            raise PlanChanged(plan)
        with recording(campaign, user, Verb.IMPORT, plan.summary, lines_of=plan.sessions_of_lines) as change:
            _apply(campaign, plan, user)
    return change


def _apply(campaign: Campaign, plan: Plan, user: User | None) -> None:
    renamed = [person.speaker.pk for person in plan.people if person.speaker and person.is_renamed]
    for pk in renamed:  # out of each other's way, so that two people can have each other's names
        Speaker.objects.filter(pk=pk).update(name=uuid4().hex)
    speakers = {id(person): _bring_up_to_date(campaign, person) for person in plan.people}
    for each in plan.decisions:
        speaker = (speakers.get(id(each.person)) or each.person.speaker) if each.person else None
        decide(each.standing.voice, speaker, user, How.IMPORT)
    for speech in plan.speeches:
        _speak(speech)


def _bring_up_to_date(campaign: Campaign, person: Person) -> Speaker:
    speaker = person.speaker or speaker_named(campaign, person.name)
    speaker.name = person.name
    speaker.role = person.role or speaker.role
    if person.tells_character:
        speaker.character = person.character
    speaker.save(update_fields=["name", "role", "character"])
    return speaker


def _speak(speech: Speech) -> None:
    voice = speech.standing.voice
    lines = Segment.objects.filter(Q(voice=voice) | Q(voice__merged_into=voice), session=voice.session_id)
    lines.update(character=speech.character)
