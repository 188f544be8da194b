"""A session as a document to take along, under the names that its voices have at this moment.

>>> export_document(session).title, len(export_document(session).lines)
('The gate', 12)
"""

from __future__ import annotations

from typing import cast

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.classification.values import LineKind
from engine.exports import ExportDocument, ExportFormat, ExportLine, ExportMarker, ExportVoice, Kind
from engine.exports.document import LabelledBy
from engine.values import Language, Word
from sessions_app.figures import session_figures
from sessions_app.models import Segment, SegmentKind, Session
from sessions_app.transcripts.labels import count_labels
from sessions_app.transcripts.moments import moments_of
from sessions_app.transcripts.showing import Show
from sessions_app.transcripts.spoken_as import spoken_as
from sessions_app.transcripts.voices import ShownVoice, shown_voices

NAME_LENGTH = 100
"""Longest name of a file, its ending apart: some systems take no more than 255 bytes."""


def export_document(session: Session, show: Show = Show.ALL, *, with_figures: bool = False) -> ExportDocument:
    """Returns the transcript of ``session``, or its story or table talk alone, ready to be written in any format.

    All that is in it is in the session's language, whatever that of the person who takes it along: the same file for
    everybody, and one that reads as one text.
    """
    with translation.override(_language(session)):
        return _document(session, show, with_figures=with_figures)


def _document(session: Session, show: Show, *, with_figures: bool) -> ExportDocument:
    voices = shown_voices(session)
    segments = Segment.objects.filter(session=session)
    left_out = 0 if show is Show.ALL else count_labels(segments, show).unlabelled
    lines = show.filter(segments).select_related("character", "label_character").iterator(chunk_size=1000)
    return ExportDocument(
        title=str(session.shown_title),
        campaign=session.campaign.name,
        held_on=session.date,
        language=_language(session),
        voices=tuple(
            ExportVoice(
                voice=person.number,
                name=person.name,
                player=person.name if person.known else None,
                character=person.character or None,
            )
            for person in sorted(set(voices.values()), key=lambda person: person.number)
        ),
        lines=tuple(_line(segment, voices) for segment in lines),
        markers=tuple(
            ExportMarker(moment.at_ms, moment.kind, moment.label, moment.text)
            for moment in moments_of(session)
        ),
        note=_note(session, show, left_out),
        part=show.part,
        left_out=left_out,
        figures=session_figures(session, voices) if with_figures else None,
    )


def _language(session: Session) -> Language:
    return "nl" if session.language == "nl" else "en"


def _line(segment: Segment, voices: dict[int, ShownVoice]) -> ExportLine:
    person = voices[segment.voice_id] if segment.voice_id else None
    words = tuple(Word.from_json(word) for word in segment.words)
    edited = " ".join(word.text for word in words) != segment.text
    return ExportLine(
        start_ms=segment.start_ms,
        end_ms=max(segment.start_ms, segment.end_ms),
        speaker=person.name if person else _("Unassigned"),
        text=segment.text,
        voice=person.number if person else None,
        words=() if edited else words,
        confidence=round(sum(word.probability for word in words) / len(words), 3) if words else None,
        kind=cast(Kind, segment.label) if segment.label else None,
        label_kind=cast(LineKind, segment.label_kind) if segment.label_kind else None,
        label_confidence=segment.label_confidence,
        label_by=cast(LabelledBy, segment.label_by) if segment.label_by else None,
        character=spoken_as(segment, person.character if person else ""),
        heard=segment.kind == SegmentKind.SPEECH,
        edited=edited,
    )


def _note(session: Session, show: Show, left_out: int) -> str:
    notes = []
    if session.has_demo_text:
        notes.append(_("Made by the demo model: this is not a real transcription."))
    if show is Show.STORY:
        notes.append(_("The story alone; lines that are table talk too are in it, marked."))
    if show is Show.TABLE:
        notes.append(_("The table talk alone; lines that are story too are in it, marked."))
    if left_out:
        notes.append(
            ngettext(
                "%(count)d line without a label is left out.",
                "%(count)d lines without a label are left out.",
                left_out,
            )
            % {"count": left_out}
        )
    return " ".join(notes)


def export_name(session: Session, form: ExportFormat, show: Show = Show.ALL) -> str:
    """Returns a good name for the file: campaign, number, title and part, in letters that every system takes."""
    part = f"-{show.value}" if show.value else ""
    parts = (session.campaign.name, f"{session.number:02}", session.title)
    stem = slugify(" ".join(part for part in parts if part))[: NAME_LENGTH - len(part)].strip("-")
    return f"{stem}{part}{form.extension}"
