"""Labels the lines of a document, for who has no database to keep labels in."""

from __future__ import annotations

from dataclasses import replace

from engine.classification.values import CastMember, Classifier, SpokenLine
from engine.exports import ExportDocument
from engine.exports.document import LabelledBy
from engine.values import OnProgress, no_progress


def with_labels(
    document: ExportDocument,
    classifier: Classifier,
    labelled_by: LabelledBy,
    cast: tuple[CastMember, ...] = (),
    on_progress: OnProgress = no_progress,
) -> ExportDocument:
    """Returns ``document`` with what ``classifier`` says of its lines; lines without words are not judged.

    Args:
        document: a whole one.
        classifier: judges.
        labelled_by: what it is.
        cast: of the campaign, as far as known.
        on_progress: called with the classifier's progress; raising from it stops the work.

    >>> from engine.exports import ExportLine
    >>> from engine.fakes import FakeClassifier
    >>> lines = (ExportLine(0, 900, "Anna", "I draw my sword."), ExportLine(1_000, 1_900, "Ben", "Did you roll?"))
    >>> labelled = with_labels(ExportDocument("The gate", "", None, "en", (), lines), FakeClassifier(), "builtin")
    >>> [line.kind for line in labelled.lines]
    ['IC', 'OOC']
    """
    places = [place for place, line in enumerate(document.lines) if line.text]
    spoken = [
        SpokenLine(line.speaker, "", line.text, line.character, line.start_ms, line.end_ms)
        for line in (document.lines[place] for place in places)
    ]
    lines = list(document.lines)
    for place, verdict in zip(places, classifier.classify(spoken, cast, on_progress), strict=True):
        if verdict is not None:
            lines[place] = replace(
                lines[place],
                kind=verdict.label,
                label_kind=verdict.kind,
                label_confidence=verdict.confidence,
                label_by=labelled_by,
                character=verdict.character or lines[place].character,
            )
    return replace(document, lines=tuple(lines))
