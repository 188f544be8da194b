"""SRT, through pysubs2: “Name: text”. The format knows no escaping, so what would act is parted invisibly."""

from __future__ import annotations

import re

from pysubs2 import SSAEvent, SSAFile

from engine.exports.document import ExportDocument, one_line

WORD_JOINER = "\u2060"
"""Has no width and allows no break: put behind “<” or “\\”, it keeps players from seeing a tag there."""

_BOTH = "*"
"""Behind the name over a line that is in both parts: there is no quieter mark that a subtitle can carry."""

_ACTIVE = re.compile(r"(<|\\|--(?=>)|&(?=\S))")


def write(document: ExportDocument) -> str:
    """Returns the transcript as SubRip subtitles.

    >>> from engine.exports.document import ExportDocument, ExportLine
    >>> lines = (ExportLine(1_000, 3_500, "Anna", "The gate is open.", character="Mira"),)
    >>> print(write(ExportDocument("The gate", "", None, "en", (), lines)), end="")
    1
    00:00:01,000 --> 00:00:03,500
    Anna as Mira: The gate is open.
    """
    subtitles = SSAFile()
    subtitles.events = [
        SSAEvent(
            start=line.start_ms,
            end=max(line.end_ms, line.start_ms + 1),
            text=harmless(
                f"{document.name_of(line)}{_BOTH if document.mark_of(line) else ''}: {document.said(line)}"
            ),
        )
        for line in document.lines
    ]
    return subtitles.to_string("srt", keep_ssa_tags=True)


def harmless(text: str) -> str:
    """Returns the text on one line, with a word joiner behind each character that could start a tag or an arrow."""
    return _ACTIVE.sub(rf"\1{WORD_JOINER}", one_line(text))
