"""Writes a campaign's mapping file.

>>> import json
>>> json.loads(write_mapping(campaign))["campaign"]["name"]
'The Sunken Keep'
"""

from __future__ import annotations

import json
from typing import Any

from sessions_app.models import Campaign, CharacterRole
from speakers_app.mapping.file import FORMAT, VERSION
from speakers_app.mapping.standing import StandingVoice, standing_voices
from speakers_app.models import Speaker


def write_mapping(campaign: Campaign) -> str:
    """Returns the campaign's people and whose voice is whose; names only, never what a voice sounds like."""
    speakers = Speaker.objects.filter(campaign=campaign).select_related("character")
    content = {
        "format": FORMAT,
        "version": VERSION,
        "campaign": {"id": str(campaign.uuid), "name": _one_line(campaign.name)},
        "speakers": [_speaker(speaker) for speaker in speakers],
        "voices": {str(each.voice.uuid): _voice(each) for each in standing_voices(campaign)},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _speaker(speaker: Speaker) -> dict[str, Any]:
    return {
        "id": str(speaker.uuid),
        "name": speaker.name,
        "role": speaker.role,
        "character": speaker.character.name if speaker.character else None,
    }


def _voice(each: StandingVoice) -> dict[str, Any]:
    told: dict[str, Any] = {"name": each.speaker.name if each.speaker else None}
    if each.speaker or each.character:
        told["character"] = each.character.name if each.character else None
    if each.speaker and each.character and each.character.role == CharacterRole.NPC:
        told["role"] = CharacterRole.NPC
    if not each.confirmed:
        told["recognised"] = told["name"]
    if each.suggestion:
        told["suggestion"] = _one_line(each.suggestion.name)
    number = each.voice.session.number
    return told | {"session": number, "heard_as": str(each.voice.label), "talk_time": each.talk_time}


def _one_line(text: str) -> str:
    """Returns text that is only told as something that can be read in whatever is in it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
