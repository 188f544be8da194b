"""Markdown: a heading, one paragraph per line of the transcript, the markers; all that was said as it was said."""

from __future__ import annotations

import re

from engine.clock import format_ms
from engine.exports.document import ExportDocument, ExportLine, ExportMarker, one_line

_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~$&])")


def write(document: ExportDocument) -> str:
    """Returns the transcript as CommonMark.

    >>> from engine.exports.document import ExportDocument, ExportLine
    >>> lines = (ExportLine(1_000, 3_500, "Anna", "The gate is open.", character="Mira"),)
    >>> print(write(ExportDocument("The gate", "", None, "en", (), lines)), end="")
    # The gate
    <BLANKLINE>
    **Anna as Mira** `00:00:01` The gate is open.
    """
    paragraphs = [f"# {escape(document.heading)}"]
    if document.note:
        paragraphs.append(f"> {escape(document.note)}")
    paragraphs += [_line(document, line) for line in document.lines]
    if document.markers:
        paragraphs.append("\n".join(map(_marker, document.markers)))
    return "\n\n".join(paragraphs) + "\n"


def _line(document: ExportDocument, line: ExportLine) -> str:
    time = format_ms(line.start_ms).partition(".")[0]
    said = escape(document.said(line))
    mark = escape(document.mark_of(line))
    parts = (
        f"**{escape(document.name_of(line))}**",
        f"`{time}`",
        f"*{mark}*" if mark else "",
        said if line.heard else f"*{said}*",
    )
    return " ".join(part for part in parts if part)


def _marker(marker: ExportMarker) -> str:
    time = format_ms(marker.at_ms).partition(".")[0]
    note = f": {escape(marker.text)}" if marker.text else ""
    return f"- `{time}` {escape(marker.label)}{note}"


def escape(text: str) -> str:
    """Returns the text on one line, with every character that Markdown would act on made harmless."""
    return _ACTIVE.sub(r"\\\1", one_line(text))
