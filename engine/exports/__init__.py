"""Transcripts as files to take along: one module per format, one function to write any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from engine.exports import markdown, plain_text, rttm, srt, structured, vtt
from engine.exports.document import ExportDocument, ExportLine, ExportMarker, ExportVoice, Kind, Part
from engine.exports.parts import LABELS_OF, part_of
from engine.wording import gettext_noop

__all__ = [
    "FORMATS",
    "LABELS_OF",
    "ExportDocument",
    "ExportFormat",
    "ExportLine",
    "ExportMarker",
    "ExportVoice",
    "FormatName",
    "Kind",
    "Part",
    "part_of",
    "write",
]

FormatName = Literal["txt", "md", "srt", "vtt", "json", "rttm"]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One way to write a transcript.

    Attributes:
        name: also the file's extension.
        label: what people call it, in English.
        mime_type: what the web calls it.
        write: makes the file's text.
        has_figures: whether it has a place for the session's figures.
    """

    name: FormatName
    label: str
    mime_type: str
    write: Callable[[ExportDocument], str]
    has_figures: bool = False

    @property
    def extension(self) -> str:
        """The file name's ending, with its dot."""
        return f".{self.name}"


FORMATS: dict[FormatName, ExportFormat] = {
    each.name: each
    for each in (
        ExportFormat("txt", gettext_noop("Plain text"), "text/plain; charset=utf-8", plain_text.write),
        ExportFormat("md", gettext_noop("Markdown"), "text/markdown; charset=utf-8", markdown.write),
        ExportFormat(
            "srt", gettext_noop("SubRip subtitles"), "application/x-subrip; charset=utf-8", srt.write
        ),
        ExportFormat(
            "vtt", gettext_noop("WebVTT subtitles with voices"), "text/vtt; charset=utf-8", vtt.write
        ),
        ExportFormat(
            "json",
            gettext_noop("JSON with words and voices"),
            "application/json",
            structured.write,
            has_figures=True,
        ),
        ExportFormat("rttm", gettext_noop("RTTM speaker turns"), "text/plain; charset=utf-8", rttm.write),
    )
}
if set(FORMATS) != set(get_args(FormatName)):
    raise RuntimeError("every format's name must be in FormatName, and the other way round")


def write(document: ExportDocument, name: FormatName) -> str:
    """Returns the document as a file's text.

    Raises:
        ValueError: for a format that does not exist.

    >>> from engine.exports.document import ExportLine
    >>> line = ExportLine(0, 1_500, "Anna", "We go in.")
    >>> print(write(ExportDocument("The gate", "", None, "en", (), (line,)), "vtt"), end="")
    WEBVTT - The gate
    <BLANKLINE>
    1
    00:00:00.000 --> 00:00:01.500
    <v Anna>We go in.</v>
    """
    if name not in FORMATS:
        raise ValueError(f"there is no export format {name!r}; choose one of {', '.join(FORMATS)}")
    return FORMATS[name].write(document)
