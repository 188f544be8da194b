"""How well a group's own voices can be told apart: figures from voiceprints that people confirmed; for the admin."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engine.calibration import Calibration, Vectors, calibration_for, unit
from engine.identity import FindCalibration
from engine.values import VoiceEmbedding

ENOUGH_PAIRS = 10
"""Fewer pairs of a kind than this make no rate."""


@dataclass(frozen=True, slots=True)
class Separation:
    """Scores of all pairs of a group's voiceprints.

    Attributes:
        model: the encoder most of the voiceprints are of; only those are compared. None without voiceprints.
        calibrated: whether scores are log odds; else they are cosines.
        same: scores of pairs of one person, in rising order; if sessions are known, of two sessions each.
        different: scores of pairs of two people, in rising order.
        assigned_from: the score from which a match is made without asking; None for a model without calibration.
        equal_error_rate: the rate at which as many pairs of one person are refused as pairs of two are taken for one;
            None while there are too few pairs.
        false_accepts: share of pairs of two people at or above ``assigned_from``. The margin to others, which a match
            needs besides, is not counted, so fewer are named wrongly. None while there are too few pairs.
        false_rejects: share of pairs of one person below ``assigned_from``; None while there are too few pairs.
    """

    model: str | None
    calibrated: bool
    same: tuple[float, ...]
    different: tuple[float, ...]
    assigned_from: float | None
    equal_error_rate: float | None
    false_accepts: float | None
    false_rejects: float | None

    def histogram(self, bins: int = 20) -> tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...]]:
        """Returns the edges of ``bins`` equal steps over all scores, and how many of each kind lie in each."""
        scores = [*self.same, *self.different]
        if not scores:
            return (), (), ()
        edges = np.histogram_bin_edges(scores, bins)
        same, different = (np.histogram(part, edges)[0] for part in (self.same, self.different))
        return tuple(edges.tolist()), tuple(same.tolist()), tuple(different.tolist())


def separation(
    prints_by_person: Mapping[int, Sequence[VoiceEmbedding]],
    sessions_by_person: Mapping[int, Sequence[Hashable]] | None = None,
    *,
    find_calibration: FindCalibration = calibration_for,
) -> Separation:
    """Returns how a group's voiceprints compare, pair by pair.

    Args:
        prints_by_person: what people confirmed.
        sessions_by_person: in the same order, the session each voiceprint is of; without it, all are taken as recorded
            alike.
        find_calibration: returns the calibration of a model.
    """
    kept = [
        (person, sessions_by_person[person][i] if sessions_by_person else None, one)
        for person, prints in prints_by_person.items()
        for i, one in enumerate(prints)
    ]
    if not kept:
        return Separation(None, False, (), (), None, None, None, None)
    model = Counter(one.model for *_, one in kept).most_common(1)[0][0]
    kept = [row for row in kept if row[2].model == model]
    calibration = find_calibration(model)
    vectors = _compared([(session, one) for _, session, one in kept], calibration)
    same: list[float] = []
    different: list[float] = []
    for (i, (person, session, one)), (j, (other, elsewhere, two)) in combinations(enumerate(kept), 2):
        score = float(vectors[i] @ vectors[j])
        if calibration is not None:
            score = calibration.log_odds(score, one.speech_ms, two.speech_ms)
        if person != other:
            different.append(score)
        elif session is None or session != elsewhere:
            same.append(score)
    bar = math.log(calibration.assign_at / (1 - calibration.assign_at)) if calibration else None
    return _summed_up(model, sorted(same), sorted(different), bar)


def equal_error_rate(same: Sequence[float], different: Sequence[float]) -> float:
    """Returns the rate at which as many pairs of one person are refused as pairs of two are taken for one.

    Raises:
        ValueError: without pairs of both kinds.

    >>> equal_error_rate(same=[0.2, 0.8, 0.9, 0.9], different=[0.1, 0.1, 0.3, 0.2])
    0.25
    """
    if not same or not different:
        raise ValueError("an equal error rate needs pairs of both kinds")
    ones, others = np.sort(np.asarray(same)), np.sort(np.asarray(different))
    bars = np.unique(np.concatenate([ones, others, [np.inf]]))
    refused = np.searchsorted(ones, bars, side="left") / len(ones)
    accepted = 1 - np.searchsorted(others, bars, side="left") / len(others)
    nearest = int(np.abs(refused - accepted).argmin())
    return float(refused[nearest] + accepted[nearest]) / 2


def _summed_up(model: str, same: list[float], different: list[float], bar: float | None) -> Separation:
    enough = min(len(same), len(different)) >= ENOUGH_PAIRS
    accepts = rejects = None
    if bar is not None and len(different) >= ENOUGH_PAIRS:
        accepts = sum(score >= bar for score in different) / len(different)
    if bar is not None and len(same) >= ENOUGH_PAIRS:
        rejects = sum(score < bar for score in same) / len(same)
    rate = equal_error_rate(same, different) if enough else None
    return Separation(model, bar is not None, tuple(same), tuple(different), bar, rate, accepts, rejects)


def _compared(kept: Sequence[tuple[Hashable, VoiceEmbedding]], calibration: Calibration | None) -> Vectors:
    """Returns vectors to compare by cosine, each session's without what its voices share."""
    vectors = np.asarray([one.vector for _, one in kept], np.float32)
    if calibration is None:
        return unit(vectors)
    for session in {session for session, _ in kept}:
        mine = [i for i, (other, _) in enumerate(kept) if other == session]
        vectors[mine] = calibration.compared(vectors[mine], [kept[i][1].speech_ms for i in mine])
    return vectors
