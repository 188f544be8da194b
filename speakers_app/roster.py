"""Who may be heard at a campaign's table: the people already known, and the players of its party.

>>> speaker_named(campaign, "Anna").name, [entry.name for entry in roster(campaign)]
('Anna', ['Anna'])
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions_app.models import Campaign, Character, CharacterRole
from sessions_app.sorting import by_name
from sessions_app.voice_book import COLOURS
from speakers_app.models import Speaker, SpeakerRole

PLAYED = (CharacterRole.PLAYER, CharacterRole.DM)


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One person who can be chosen as a voice's name; ``speaker`` is None until somebody does so."""

    name: str
    speaker: Speaker | None
    characters: tuple[Character, ...]
    role: SpeakerRole

    @property
    def note(self) -> str:
        """What tells the person from others, such as "plays Mira"; may be empty."""
        if self.role == SpeakerRole.DM:
            return str(SpeakerRole.DM.label)
        if self.characters:
            return _("plays %(names)s") % {"names": ", ".join(each.name for each in self.characters)}
        return str(SpeakerRole.GUEST.label) if self.role == SpeakerRole.GUEST else ""


def roster(campaign: Campaign) -> list[RosterEntry]:
    """Returns known people and players of the party under their names, each person once, known ones first."""
    rows = Speaker.objects.filter(campaign=campaign).select_related("character", "member")
    speakers = by_name(rows, lambda each: each.name)
    cast = Character.objects.filter(party__campaign=campaign, role__in=PLAYED).select_related("member")
    played = [character for character in cast if character.player]
    entries = [
        RosterEntry(
            speaker.name,
            speaker,
            tuple(character for character in played if _plays(speaker, character)),
            SpeakerRole(speaker.role),
        )
        for speaker in speakers
    ]
    unknown: dict[str, list[Character]] = {}
    for character in played:
        if not any(_plays(speaker, character) for speaker in speakers):
            unknown.setdefault(character.player.casefold(), []).append(character)
    return entries + [
        RosterEntry(characters[0].player, None, tuple(characters), _role(characters))
        for characters in by_name(unknown.values(), lambda each: each[0].player)
    ]


def speaker_named(campaign: Campaign, name: str) -> Speaker:
    """Returns the campaign's speaker of that name, made from the party's player of that name if there is none yet."""
    name = " ".join(name.split())[:120]
    found = Speaker.objects.filter(campaign=campaign, name__iexact=name).first()
    if found is not None:
        return found
    entry = next((each for each in roster(campaign) if each.name.casefold() == name.casefold()), None)
    speaker = Speaker(campaign=campaign, name=entry.name if entry else name, colour=free_colour(campaign))
    if entry:
        speaker.role = entry.role
        member = next((character.member for character in entry.characters if character.member), None)
        if member and not Speaker.objects.filter(campaign=campaign, member=member).exists():
            speaker.member = member
        if len(entry.characters) == 1 and entry.role == SpeakerRole.PLAYER:
            speaker.character = entry.characters[0]
    speaker.save()
    return speaker


def free_colour(campaign: Campaign) -> int:
    """Returns the colour that the fewest of the campaign's speakers have, the first of them."""
    used = list(Speaker.objects.filter(campaign=campaign).values_list("colour", flat=True))
    return min(range(1, COLOURS + 1), key=used.count)


def _plays(speaker: Speaker, character: Character) -> bool:
    if speaker.character_id == character.pk or (
        speaker.member_id and speaker.member_id == character.member_id
    ):
        return True
    return character.player.casefold() == speaker.name.casefold()


def _role(characters: list[Character]) -> SpeakerRole:
    leads = any(character.role == CharacterRole.DM for character in characters)
    return SpeakerRole.DM if leads else SpeakerRole.PLAYER
