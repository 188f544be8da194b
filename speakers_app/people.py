"""The people of a campaign as their pages show them: who they play, how much they talk, how well they are known.

>>> from speakers_app.decisions import name_voice
>>> change = name_voice(session.voices.get(number=1), "Anna", owner)
>>> [person.speaker.name for person in people_of(campaign)]
['Anna']
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.clock import clock
from sessions_app.models import Campaign, Character, Session, User
from speakers_app.history import recording
from speakers_app.models import Assignment, Change, Consent, Speaker, Verb, Voiceprint
from speakers_app.roster import free_colour, roster
from speakers_app.samples import samples_of
from speakers_app.talk_over_time import Evening, talk_over_time


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a campaign.

    Attributes:
        speaker: the row.
        characters: whom they play.
        evenings: each session of the campaign that has voices, in order; empty for who was never heard.
        voiceprints: how many are kept.
        known_from: from how many sessions.
        read_aloud: whether they read a text aloud.
    """

    speaker: Speaker
    characters: tuple[Character, ...]
    evenings: tuple[Evening, ...]
    voiceprints: int
    known_from: int
    read_aloud: bool

    @property
    def heard(self) -> list[Evening]:
        """The sessions in which they speak, the newest first."""
        return [evening for evening in reversed(self.evenings) if evening.voice is not None]

    @property
    def talk_clock(self) -> str:
        """How long they talked in all."""
        total = sum(evening.talk_ms for evening in self.evenings)
        return clock(max(1000, total)) if total else ""

    @property
    def familiarity(self) -> str:
        """How well their voice is known, in words."""
        if self.speaker.consent == Consent.WITHDRAWN:
            return _("not to be recognised")
        if not self.speaker.may_be_kept:
            return _("not asked yet")
        parts = []
        if self.known_from:
            parts.append(
                ngettext("known from %(n)s session", "known from %(n)s sessions", self.known_from)
                % {"n": self.known_from}
            )
        if self.read_aloud:
            parts.append(_("read a text aloud"))
        return ", ".join(parts) or _("no voiceprint yet")


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of sound to hear, what is said in it and when."""

    url: str
    text: str
    clock: str


@dataclass(frozen=True, slots=True)
class ShownVoiceprint:
    """One voiceprint with what it was made of."""

    row: Voiceprint
    clips: tuple[Clip, ...]
    is_deletable: bool

    @property
    def is_confirmed(self) -> bool:
        """Whether it stands for a voice that bears the person's name: it then goes when that name goes."""
        return self.row.voice_id is not None

    @property
    def speech(self) -> str:
        """How much speech it was made of."""
        return clock(self.row.speech_ms)


def people_of(campaign: Campaign) -> list[Person]:
    """Returns everyone who is known in the campaign; a handful of queries however many there are."""
    evenings = talk_over_time(campaign)
    prints: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    for speaker, session, audio in Voiceprint.objects.filter(speaker__campaign=campaign).values_list(
        "speaker", "session", "audio_name"
    ):
        prints[speaker].append((session, audio))
    people = []
    for entry in roster(campaign):
        if entry.speaker is None:
            continue
        entry.speaker.campaign = campaign
        of_one = prints[entry.speaker.pk]
        people.append(
            Person(
                speaker=entry.speaker,
                characters=_characters(entry.speaker, entry.characters),
                evenings=tuple(evenings.get(entry.speaker.pk, ())),
                voiceprints=len(of_one),
                known_from=len({session for session, _audio in of_one if session is not None}),
                read_aloud=any(session is None for session, _audio in of_one),
            )
        )
    return people


def person_of(speaker: Speaker) -> Person:
    """Returns one person as the pages show them."""
    return next(person for person in people_of(speaker.campaign) if person.speaker == speaker)


def _characters(speaker: Speaker, played: tuple[Character, ...]) -> tuple[Character, ...]:
    usual = (speaker.character,) if speaker.character else ()
    return tuple(dict.fromkeys((*usual, *played)))


def own_speaker(campaign: Campaign, user: User) -> Speaker | None:
    """Returns the person that ``user`` is in the campaign, if that is known."""
    speaker: Speaker | None = (
        Speaker.objects.filter(campaign=campaign, member=user).select_related("campaign").first()
    )
    return speaker


def speaker_of_member(campaign: Campaign, user: User) -> Speaker:
    """Returns the person that ``user`` is, made if need be; called in a transaction that holds the campaign.

    A known person becomes the member only if an editor had said so, by the character that both play: a name alone
    proves nothing, because everybody chooses their own.
    """
    found = own_speaker(campaign, user)
    if found is not None:
        return found
    theirs = Speaker.objects.filter(campaign=campaign, member=None, character__member=user)
    if theirs.count() == 1:
        found = theirs.get()
        found.member = user
        found.save(update_fields=["member"])
        return found
    speaker = Speaker(campaign=campaign, member=user, colour=free_colour(campaign))
    speaker.name = _free_name(campaign, user.shown_name)
    speaker.save()
    return speaker


def _free_name(campaign: Campaign, name: str) -> str:
    name, number = name[:110], 1
    candidate = name
    while Speaker.objects.filter(campaign=campaign, name__iexact=candidate).exists():
        number += 1
        candidate = f"{name} ({number})"
    return candidate


def shown_voiceprints(speaker: Speaker, *, can_edit: bool, can_forget: bool) -> list[ShownVoiceprint]:
    """Returns the person's voiceprints, the newest session first, each with up to three clips to hear.

    Args:
        speaker: whose they are.
        can_edit: whether the viewer may take names away from voices, and with them their voiceprints.
        can_forget: whether the viewer may delete what no name stands for, and hear what was read aloud.
    """
    rows = (
        Voiceprint.objects.filter(speaker=speaker)
        .defer("vector", "session__peaks", "session__notes", "voice__embedding")
        .select_related("session", "voice", "confirmed_by")
    )
    newest_first = sorted(
        rows, key=lambda row: (row.session is None, -(row.session.number if row.session else 0))
    )
    return [
        ShownVoiceprint(
            row,
            clips=tuple(_clips(row, can_hear_readings=can_forget)),
            is_deletable=can_edit or (can_forget and row.voice_id is None),
        )
        for row in newest_first
    ]


def _clips(row: Voiceprint, *, can_hear_readings: bool) -> list[Clip]:
    if row.session is None:
        url = reverse("voiceprint-audio", args=[row.uuid])
        return [Clip(url, _("The text that was read"), clock(row.speech_ms))] if can_hear_readings else []
    if row.voice is None or not row.session.audio_name:
        return []
    audio = reverse("session-audio", args=[row.session.uuid])
    samples = samples_of(row.session, {row.voice.pk: row.voice.pk})
    return [
        Clip(f"{audio}#{sample.fragment}", sample.text, sample.clock)
        for sample in samples.get(row.voice.pk, ())
    ]


def has_voices(speaker: Speaker) -> bool:
    """Whether any voice bears the person's name."""
    return Assignment.objects.shown().filter(speaker=speaker).exists()


def remove_person(speaker: Speaker, user: User | None) -> None:
    """Takes a person without voices off the list; a text that they read goes for good, the rest can be undone.

    Raises:
        ValueError: they have voices, or their account's wish not to be recognised would be lost.
    """
    if has_voices(speaker) or keeps_a_wish(speaker):
        raise ValueError("only people without voices can be removed")
    Voiceprint.objects.filter(speaker=speaker).delete()
    with recording(speaker.campaign, user, Verb.EDIT_SPEAKER, speaker.name):
        speaker.delete()


def keeps_a_wish(speaker: Speaker) -> bool:
    """Whether the row is what tells that a member does not want to be recognised."""
    return speaker.consent == Consent.WITHDRAWN and speaker.member_id is not None


def last_edit(campaign: Campaign) -> Change | None:
    """Returns the last change of the campaign's people that nobody undid."""
    changes = Change.objects.standing().filter(
        campaign=campaign, session=None, verb__in=(Verb.EDIT_SPEAKER, Verb.MERGE_SPEAKERS, Verb.IMPORT)
    )
    found: Change | None = changes.first()
    return found


def latest_unnamed(campaign: Campaign) -> Session | None:
    """Returns the newest session that has voices, which is the one to begin naming with."""
    sessions = Session.objects.filter(campaign=campaign, voices__isnull=False)
    found: Session | None = sessions.order_by("-number").first()
    return found
