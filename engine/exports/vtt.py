"""WebVTT with voice tags, by https://www.w3.org/TR/webvtt1/; pysubs2 writes this format without voices or escapes."""

from __future__ import annotations

from engine.clock import format_ms
from engine.exports.document import ExportDocument, Kind, one_line

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_CLASSES: dict[Kind | None, str] = {"IC": ".ic", "OOC": ".ooc", "MIXED": ".mixed", None: ""}
"""By which a page's stylesheet may tell story from table talk: ``::cue(v.ooc) { color: gray }``."""


def write(document: ExportDocument) -> str:
    """Returns the transcript as WebVTT, one cue per line, numbered from 1.

    >>> from engine.exports.document import ExportDocument, ExportLine
    >>> lines = (ExportLine(1_000, 3_500, "Anna", "The gate is open.", character="Mira"),)
    >>> print(write(ExportDocument("The gate", "", None, "en", (), lines)), end="")
    WEBVTT - The gate
    <BLANKLINE>
    1
    00:00:01.000 --> 00:00:03.500
    <v Anna as Mira>The gate is open.</v>
    """
    blocks = [f"WEBVTT - {document.heading}".replace("-->", "→")]
    if document.note:
        blocks.append(f"NOTE {escape(document.note)}")
    for number, line in enumerate(document.lines, start=1):
        end_ms = max(line.end_ms, line.start_ms + 1)
        blocks.append(
            f"{number}\n{format_ms(line.start_ms)} --> {format_ms(end_ms)}\n"
            f"<v{_CLASSES[line.kind]} {escape(document.name_of(line))}>{escape(document.said(line))}</v>"
        )
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Returns the text on one line with the characters that start tags, entities and arrows as entities.

    >>> escape("a < b")
    'a &lt; b'
    """
    return one_line(text).translate(_ENTITIES)
