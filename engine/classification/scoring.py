"""How well labels were given: what the benchmark prints, and what decides whether learning did good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.classification.values import KINDS, UNSURE_BELOW, Label, LabelledLine, LineKind, Verdict

BINS = 10


@dataclass(frozen=True, slots=True)
class Score:
    """How verdicts compare with the truth.

    Attributes:
        lines: how many lines have a truth.
        macro_f1: mean F1 of IC and OOC over lines whose truth is not MIXED; calling such a line MIXED is wrong.
        calibration_error: mean distance between how sure verdicts are and how often they are right, in ten bins.
        mixed_precision: of the lines that were called MIXED, how many are.
        mixed_recall: of the lines that are MIXED, how many were called so.
        mixed_f1: the harmonic mean of both.
        kind_f1: F1 of each kind, over all lines whose kind is known.
        unsure_share: how many verdicts are shown as unsure.
        sure_accuracy: of the others, how many are right.
        unjudged_share: how many lines have no verdict; they count as wrong.
    """

    lines: int
    macro_f1: float
    calibration_error: float
    mixed_precision: float
    mixed_recall: float
    mixed_f1: float
    kind_f1: dict[LineKind, float]
    unsure_share: float
    sure_accuracy: float
    unjudged_share: float


def score(truth: Sequence[LabelledLine], verdicts: Sequence[Verdict | None]) -> Score:
    """Returns how ``verdicts`` compare with ``truth``; lines without a label there are passed over.

    Raises:
        ValueError: there are not as many verdicts as lines.
    """
    pairs = [(line, verdict) for line, verdict in zip(truth, verdicts, strict=True) if line.label is not None]
    labels = [(line.label, verdict.label if verdict else None) for line, verdict in pairs]
    judged = [
        (verdict.confidence, verdict.label == line.label) for line, verdict in pairs if verdict is not None
    ]
    sure = [right for confidence, right in judged if confidence >= UNSURE_BELOW]
    kinds = [(line.kind, verdict.kind if verdict else None) for line, verdict in pairs if line.kind]
    precision, recall = _precision_and_recall(labels, "MIXED")
    return Score(
        lines=len(pairs),
        macro_f1=macro_f1(labels),
        calibration_error=calibration_error(judged),
        mixed_precision=precision,
        mixed_recall=recall,
        mixed_f1=_f1(labels, "MIXED"),
        kind_f1={kind: _f1(kinds, kind) for kind in KINDS},
        unsure_share=_share(len(judged) - len(sure), len(judged)),
        sure_accuracy=_share(sum(sure), len(sure)),
        unjudged_share=_share(len(pairs) - len(judged), len(pairs)),
    )


def macro_f1(labels: Sequence[tuple[Label | None, Label | None]]) -> float:
    """Returns the mean F1 of IC and OOC over pairs of truth and verdict whose truth is one of them.

    >>> round(macro_f1([("IC", "IC"), ("OOC", "OOC"), ("OOC", "IC"), ("IC", "IC")]), 2)
    0.73
    """
    told = [pair for pair in labels if pair[0] in ("IC", "OOC")]
    return (_f1(told, "IC") + _f1(told, "OOC")) / 2


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float:
    """Returns the expected calibration error of pairs of confidence and whether that was right.

    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (2015): bins of even
    width, each weighed by how many verdicts are in it.
    """
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        bins.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((confidence, right))
    distances = (abs(sum(confidence - right for confidence, right in held)) for held in bins.values())
    return sum(distances) / len(judged) if judged else 0.0


def _precision_and_recall(pairs: Sequence[tuple[object, object]], wanted: object) -> tuple[float, float]:
    both = sum(truth == verdict == wanted for truth, verdict in pairs)
    called = sum(verdict == wanted for _, verdict in pairs)
    there = sum(truth == wanted for truth, _ in pairs)
    return _share(both, called), _share(both, there)


def _f1(pairs: Sequence[tuple[object, object]], wanted: object) -> float:
    precision, recall = _precision_and_recall(pairs, wanted)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
