"""TXT: one paragraph per line of the transcript, time and name before it."""

from __future__ import annotations

from engine.clock import format_ms
from engine.exports.document import ExportDocument, ExportLine, one_line


def write(document: ExportDocument) -> str:
    """Returns the transcript as plain text.

    >>> from engine.exports.document import ExportDocument, ExportLine
    >>> lines = (ExportLine(1_000, 3_500, "Anna", "The gate is open.", character="Mira"),)
    >>> print(write(ExportDocument("The gate", "", None, "en", (), lines)), end="")
    The gate
    <BLANKLINE>
    [00:00:01] Anna as Mira: The gate is open.
    """
    lines = [_line(document, line) for line in document.lines]
    notes = [one_line(document.note)] if document.note else []
    return "\n\n".join([document.heading, *notes, *lines]).strip() + "\n"


def _line(document: ExportDocument, line: ExportLine) -> str:
    time = format_ms(line.start_ms).partition(".")[0]
    who = " ".join(part for part in (one_line(document.name_of(line)), document.mark_of(line)) if part)
    return f"[{time}] {who}: {document.said(line)}"
