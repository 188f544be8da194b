from engine.classification.documents import with_labels
from engine.classification.values import Verdict
from engine.exports import ExportDocument, ExportLine, part_of

SAID = ("I draw.", "", "A seventeen.", "It hits, and the beam breaks.", "Hm.")
FOUND = {
    "I draw.": Verdict("IC", "character", 0.9, "Mira"),
    "A seventeen.": Verdict("OOC", "rules", 0.8),
    "It hits, and the beam breaks.": Verdict("MIXED", "dm_narration", 0.6),
}
DOCUMENT = ExportDocument(
    "", "", None, "en", (), tuple(ExportLine(n * 10, n * 10 + 9, "Anna", text) for n, text in enumerate(SAID))
)


class Knowing:
    """Knows some lines by heart, and cannot judge the others."""

    classifier_id = "knowing"

    def classify(self, lines, cast, on_progress=None):
        assert all(line.text and line.speaker == "Anna" for line in lines)
        return [FOUND.get(line.text) for line in lines]


def test_lines_get_the_label_that_the_classifier_gives_them_and_no_other():
    labelled = with_labels(DOCUMENT, Knowing(), "builtin")
    assert [line.kind for line in labelled.lines] == ["IC", None, "OOC", "MIXED", None]
    first, *_, last = labelled.lines
    assert (first.label_kind, first.label_confidence, first.label_by) == ("character", 0.9, "builtin")
    assert labelled.name_of(first) == "Anna as Mira"
    assert (last.label_kind, last.label_confidence, last.label_by) == (None, None, None)
    assert [line.text for line in labelled.lines] == list(SAID)


def test_parts_of_a_document_hold_what_is_both_and_count_what_nothing_judged():
    labelled = with_labels(DOCUMENT, Knowing(), "builtin")
    story, table = part_of(labelled, "story"), part_of(labelled, "table")
    assert [line.kind for line in story.lines] == ["IC", "MIXED"]
    assert [line.kind for line in table.lines] == ["OOC", "MIXED"]
    assert story.left_out == table.left_out == 1
    assert part_of(labelled, "all") == labelled
