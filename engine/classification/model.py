"""The two stages: what a line is by itself, and what it is among its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.classification.calibration import cooled
from engine.classification.clauses import clauses_of
from engine.classification.features import LineFeatures
from engine.classification.neighbours import SURE, neighbourhood
from engine.classification.plain import PlainLine
from engine.classification.values import KINDS, KINDS_OF, LABELS, LineKind, Verdict
from engine.values import Language

Floats = NDArray[np.float64]
Report = Callable[[int], None]

MIXED = len(KINDS)
"""The number of MIXED lines among the answers of the second stage, after the kinds."""
BATCH = 500
_PARTS_OF_LABEL = {
    label: [KINDS.index(kind) for kind in KINDS_OF[label]] if label != "MIXED" else [MIXED]
    for label in LABELS
}


class StoryModel:
    """Tells story from table, and which kind of either."""

    def __init__(self, features: LineFeatures, lines: Any, neighbours: Any, temperature: float) -> None:
        self._features = features
        self._lines = lines
        self._neighbours = neighbours
        self.temperature = temperature

    def judge(
        self,
        lines: Sequence[PlainLine],
        language: Language,
        said: Sequence[LineKind | None] = (),
        report: Report = lambda done: None,
    ) -> Floats:
        """Returns the probabilities of the kinds and of MIXED, shape ``(lines, kinds + 1)``.

        Args:
            lines: of one session, in their order.
            language: of their words.
            said: the kinds that people gave the lines, if any.
            report: called with the number of lines that were read so far.
        """
        if not lines:
            return np.zeros((0, len(KINDS) + 1))
        kinds = self._kinds(lines, language, report)
        for place, kind in enumerate(said):
            if kind is not None:
                kinds[place] = (1 - SURE) / (len(KINDS) - 1)
                kinds[place, KINDS.index(kind)] = SURE
        clauses, places = clauses_of(lines)
        around = neighbourhood(kinds, lines, self._kinds(clauses, language), places)
        return all_columns(self._neighbours, around, len(KINDS) + 1)

    def kinds(self, lines: Sequence[PlainLine], language: Language) -> Floats:
        """Returns the probabilities of the kinds of lines by themselves, shape ``(lines, kinds)``."""
        return self._kinds(lines, language)

    def verdicts(self, probabilities: Floats) -> list[Verdict]:
        """Returns what rows of :meth:`judge` come to: the most probable label, and the most probable kind of it."""
        labels = cooled(of_labels(probabilities), self.temperature)
        found = []
        for row, chances in zip(probabilities, labels, strict=True):
            label = LABELS[int(chances.argmax())]
            kind = max(KINDS_OF[label], key=lambda kind: row[KINDS.index(kind)])
            found.append(Verdict(label, kind, float(chances.max())))
        return found

    def _kinds(
        self, lines: Sequence[PlainLine], language: Language, report: Report = lambda done: None
    ) -> Floats:
        found = [np.zeros((0, len(KINDS)))]
        for first in range(0, len(lines), BATCH):
            batch = lines[first : first + BATCH]
            found.append(all_columns(self._lines, self._features.matrix(batch, language), len(KINDS)))
            report(first + len(batch))
        return np.concatenate(found)


def of_labels(probabilities: Floats) -> Floats:
    """Returns the probabilities of the labels, shape ``(lines, labels)``.

    >>> dict(zip(LABELS, of_labels(np.array([[0.5, 0.25, 0.0, 0.25, 0.0, 0.0]]))[0].tolist(), strict=True))
    {'IC': 0.75, 'OOC': 0.25, 'MIXED': 0.0}
    """
    return np.column_stack([probabilities[:, parts].sum(axis=1) for parts in _PARTS_OF_LABEL.values()])


def all_columns(fitted: Any, rows: Any, width: int) -> Floats:
    """Returns what ``fitted`` says of ``rows``, with a column for each answer, those that it has never met included."""
    found = np.zeros((rows.shape[0], width))
    found[:, fitted.classes_] = fitted.predict_proba(rows)
    return found
