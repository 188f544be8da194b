"""Markdown: a heading and one paragraph per line of the transcript; anything said is shown as it was said."""

from __future__ import annotations

import re

from engine.clock import format_ms
from engine.exports.document import ExportDocument, one_line

_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~$&])")


def write(document: ExportDocument) -> str:
    """Returns the transcript as CommonMark."""
    paragraphs = [f"# {escape(document.heading)}"]
    if document.note:
        paragraphs.append(f"> {escape(document.note)}")
    for line in document.lines:
        time = format_ms(line.start_ms).partition(".")[0]
        said = escape(document.said(line))
        paragraphs.append(
            f"**{escape(line.speaker)}** `{time}` {said if line.heard else f'*{said}*'}".rstrip()
        )
    return "\n\n".join(paragraphs) + "\n"


def escape(text: str) -> str:
    """Returns the text on one line, with every character that Markdown would act on made harmless."""
    return _ACTIVE.sub(r"\\\1", one_line(text))
