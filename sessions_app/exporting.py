"""A session as a document to take along, under the names that its voices have at this moment."""

from __future__ import annotations

from django.utils.text import slugify
from django.utils.translation import gettext as _

from engine.exports import ExportDocument, ExportFormat, ExportLine, ExportMarker, ExportVoice
from engine.values import Language, Word
from sessions_app.models import Character, Segment, SegmentKind, Session
from sessions_app.transcripts.moments import moments_of
from sessions_app.transcripts.voices import ShownVoice, shown_voices

NAME_LENGTH = 100
"""Longest name of a file, its ending apart: some systems take no more than 255 bytes."""


def export_document(session: Session) -> ExportDocument:
    """Returns the whole transcript of ``session``, ready to be written in any format."""
    voices = shown_voices(session)
    language: Language = "nl" if session.language == "nl" else "en"
    return ExportDocument(
        title=str(session.shown_title),
        campaign=session.campaign.name,
        held_on=session.date,
        language=language,
        voices=tuple(
            ExportVoice(
                voice=person.number,
                name=person.name,
                player=person.name if person.known else None,
                character=person.character or None,
            )
            for person in sorted(set(voices.values()), key=lambda person: person.number)
        ),
        lines=tuple(
            _line(segment, voices)
            for segment in session.segments.select_related("character").iterator(chunk_size=1000)
        ),
        markers=tuple(
            ExportMarker(moment.at_ms, moment.kind, moment.label, moment.text)
            for moment in moments_of(session)
        ),
        note=_("Made by the demo model: this is not a real transcription.") if session.has_demo_text else "",
    )


def _line(segment: Segment, voices: dict[int, ShownVoice]) -> ExportLine:
    person = voices[segment.voice_id] if segment.voice_id else None
    words = tuple(Word.from_json(word) for word in segment.words)
    edited = " ".join(word.text for word in words) != segment.text
    return ExportLine(
        start_ms=segment.start_ms,
        end_ms=max(segment.start_ms, segment.end_ms),
        speaker=_speaker(person, segment.character),
        text=segment.text,
        voice=person.number if person else None,
        words=() if edited else words,
        confidence=round(sum(word.probability for word in words) / len(words), 3) if words else None,
        heard=segment.kind == SegmentKind.SPEECH,
        edited=edited,
    )


def _speaker(person: ShownVoice | None, character: Character | None) -> str:
    name = person.name if person else _("Unassigned")
    if character is None:
        return name
    return _("%(speaker)s as %(character)s") % {"speaker": name, "character": character.name}


def export_name(session: Session, form: ExportFormat) -> str:
    """Returns a good name for the file: campaign, number and title, in letters that every system takes."""
    parts = (session.campaign.name, f"{session.number:02}", session.title)
    stem = slugify(" ".join(part for part in parts if part))[:NAME_LENGTH].strip("-")
    return f"{stem}{form.extension}"
