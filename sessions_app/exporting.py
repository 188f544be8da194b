"""A session as a document to take along, under the names that its voices have at this moment."""

from __future__ import annotations

from django.utils.text import slugify
from django.utils.translation import gettext as _

from engine.exports import ExportDocument, ExportFormat, ExportLine, ExportVoice
from engine.values import Language, Word
from sessions_app.models import Segment, SegmentKind, Session
from sessions_app.transcripts.voices import voice_names

NAME_LENGTH = 100
"""Longest name of a file, its ending apart: some systems take no more than 255 bytes."""


def export_document(session: Session) -> ExportDocument:
    """Returns the whole transcript of ``session``, ready to be written in any format."""
    names = voice_names(session)
    voices = {voice.pk: voice.number for voice in session.voices.defer("embedding")}
    language: Language = "nl" if session.language == "nl" else "en"
    return ExportDocument(
        title=str(session.shown_title),
        campaign=session.campaign.name,
        held_on=session.date,
        language=language,
        voices=tuple(ExportVoice(voice=number, name=names[pk]) for pk, number in voices.items()),
        lines=tuple(_line(segment, names, voices) for segment in session.segments.iterator(chunk_size=1000)),
    )


def _line(segment: Segment, names: dict[int, str], voices: dict[int, int]) -> ExportLine:
    words = tuple(Word.from_json(word) for word in segment.words)
    edited = " ".join(word.text for word in words) != segment.text
    return ExportLine(
        start_ms=segment.start_ms,
        end_ms=max(segment.start_ms, segment.end_ms),
        speaker=names[segment.voice_id] if segment.voice_id else _("Unassigned"),
        text=segment.text,
        voice=voices[segment.voice_id] if segment.voice_id else None,
        words=() if edited else words,
        confidence=round(sum(word.probability for word in words) / len(words), 3) if words else None,
        heard=segment.kind == SegmentKind.SPEECH,
        edited=edited,
    )


def export_name(session: Session, form: ExportFormat) -> str:
    """Returns a good name for the file: campaign, number and title, in letters that every system takes."""
    parts = (session.campaign.name, f"{session.number:02}", session.title)
    stem = slugify(" ".join(part for part in parts if part))[:NAME_LENGTH].strip("-")
    return f"{stem}{form.extension}"
