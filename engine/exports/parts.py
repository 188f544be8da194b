"""Which lines belong to the story and which to the table talk: one rule, for documents and pages alike."""

from __future__ import annotations

from dataclasses import replace

from engine.classification.values import Label
from engine.exports.document import ExportDocument, Part

LABELS_OF: dict[Part, tuple[Label, ...]] = {
    "all": (),
    "story": ("IC", "MIXED"),
    "table": ("OOC", "MIXED"),
}
"""The labels that a line must have one of; none where every line belongs, labelled or not."""


def part_of(document: ExportDocument, part: Part) -> ExportDocument:
    """Returns the story or the table talk of a whole document, or all of it.

    >>> from engine.exports.document import ExportLine
    >>> lines = (ExportLine(0, 1, "A", "I draw.", kind="IC"), ExportLine(1, 2, "A", "Hm."))
    >>> story = part_of(ExportDocument("", "", None, "en", (), lines), "story")
    >>> len(story.lines), story.left_out
    (1, 1)
    """
    if part == "all":
        return document
    return replace(
        document,
        part=part,
        lines=tuple(line for line in document.lines if line.kind in LABELS_OF[part]),
        left_out=sum(line.kind is None and bool(line.text) for line in document.lines),
    )
