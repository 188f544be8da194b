"""TXT: one paragraph per line of the transcript, time and name before it."""

from __future__ import annotations

from engine.clock import format_ms
from engine.exports.document import ExportDocument, one_line


def write(document: ExportDocument) -> str:
    """Returns the transcript as plain text."""
    lines = [
        f"[{format_ms(line.start_ms).partition('.')[0]}] {one_line(line.speaker)}: {document.said(line)}"
        for line in document.lines
    ]
    notes = [one_line(document.note)] if document.note else []
    return "\n\n".join([document.heading, *notes, *lines]).strip() + "\n"
