"""RTTM: who spoke when, for tools that measure diarization; fields as NIST's evaluation plans define them."""

from __future__ import annotations

import re

from engine.exports.document import ExportDocument


def write(document: ExportDocument) -> str:
    """Returns one SPEAKER record per line of the transcript; names and title carry underscores for spaces.

    The seventh field, the turn's subtype, which tools that measure pass over, says what the line is: IC, OOC or MIXED.

    >>> from engine.exports.document import ExportDocument, ExportLine
    >>> lines = (ExportLine(1_000, 3_500, "Anna", "The gate is open.", character="Mira"),)
    >>> print(write(ExportDocument("The gate", "", None, "en", (), lines)), end="")
    SPEAKER The_gate 1 1.000 2.500 <NA> <NA> Anna_as_Mira <NA> <NA>
    """
    recording = token(document.title) or "session"
    records = [
        f"SPEAKER {recording} 1 {_seconds(line.start_ms)} {_seconds(line.end_ms - line.start_ms)}"
        f" <NA> {line.kind or '<NA>'} {token(document.name_of(line)) or 'unknown'} <NA> <NA>\n"
        for line in document.lines
        if line.end_ms > line.start_ms
    ]
    return "".join(records)


def token(text: str) -> str:
    """Returns the text as one field: white space and control characters become underscores.

    >>> token("Anna as Mira")
    'Anna_as_Mira'
    """
    return re.sub(r"[\s\x00-\x1f\x7f]+", "_", text.strip())


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03}"
