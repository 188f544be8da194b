"""WebVTT with voice tags, by https://www.w3.org/TR/webvtt1/; pysubs2 writes this format without voices or escapes."""

from __future__ import annotations

from engine.clock import format_ms
from engine.exports.document import ExportDocument, one_line

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def write(document: ExportDocument) -> str:
    """Returns the transcript as WebVTT, one cue per line, numbered from 1."""
    blocks = [f"WEBVTT - {document.heading}".replace("-->", "→")]
    if document.note:
        blocks.append(f"NOTE {escape(document.note)}")
    for number, line in enumerate(document.lines, start=1):
        end_ms = max(line.end_ms, line.start_ms + 1)
        blocks.append(
            f"{number}\n{format_ms(line.start_ms)} --> {format_ms(end_ms)}\n"
            f"<v {escape(line.speaker)}>{escape(document.said(line))}</v>"
        )
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Returns the text on one line with the characters that start tags, entities and arrows as entities."""
    return one_line(text).translate(_ENTITIES)
