"""Matches the voices of a session to people who are known; called after diarization, and by live audio.

Being wrong with confidence is worse than not knowing: a match is made without asking only where the probability is
high, the next best lies well behind, voice and person are each other's best, and enough was heard. Needs numpy alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.calibration import Calibration, calibration_for, unit
from engine.values import VoiceEmbedding

TOGETHER = 3
"""At most so many of a person's voiceprints are averaged; more would blur their ways of speaking."""

UNCALIBRATED_COSINE = 0.5
"""From here on an encoder that nobody has calibrated may suggest."""

FindCalibration = Callable[[str], Calibration | None]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Known:
    """A person with all voiceprints that are kept of them.

    Attributes:
        key: names the person to the caller.
        prints: one per confirmed session and way of speaking, of any models; their ``voice`` means nothing here.
        expected: whether they are on the roster or were heard lately; others must match better.
    """

    key: int
    prints: tuple[VoiceEmbedding, ...]
    expected: bool = True


class Band(StrEnum):
    """What to do with a match."""

    ASSIGNED = "assigned"
    """Certain enough to name the voice without asking."""

    SUGGESTED = "suggested"
    """Worth asking a person."""

    UNKNOWN = "unknown"
    """Nobody who is known."""


@dataclass(frozen=True, slots=True)
class Match:
    """What became of one voice.

    Attributes:
        voice: the session's voice.
        band: how sure the match is.
        key: who it is, or may be; None where unknown.
        score: the calibrated probability, 0..1, that voice and person are one; of a model without calibration, their
            cosine instead.
        runner_up: who came next for this voice; also set where nobody was good enough but somebody was tried.
        runner_up_score: their score; 0 without one.
    """

    voice: int
    band: Band
    key: int | None
    score: float
    runner_up: int | None
    runner_up_score: float


def identify(
    voices: Sequence[VoiceEmbedding],
    known: Sequence[Known],
    *,
    taken: Collection[int] = (),
    find_calibration: FindCalibration = calibration_for,
) -> tuple[Match, ...]:
    """Returns one match per voice, in the order of ``voices``.

    No person is given to two voices. Vectors of different models are never compared: a voice whose model nobody has a
    print of is unknown. A model without calibration only ever gives suggestions.

    Args:
        voices: the session's voices with how much of each was heard alone.
        known: who may be among them.
        taken: people that somebody has already given to other voices of this session.
        find_calibration: returns the calibration of a model.
    """
    people = [person for person in known if person.key not in taken]
    scores = np.full((len(voices), len(people)), -np.inf)
    for i, voice in enumerate(voices):
        calibration = find_calibration(voice.model)
        for j, person in enumerate(people):
            scores[i, j] = _log_odds(voice, person, calibration)
    chosen = dict(_mutual_best(scores))
    return tuple(
        _judged(voice, scores, i, chosen.get(i), people, find_calibration(voice.model))
        for i, voice in enumerate(voices)
    )


def _log_odds(voice: VoiceEmbedding, person: Known, calibration: Calibration | None) -> float:
    """Returns the log odds that ``voice`` is ``person``; -inf where they cannot be compared."""
    prints = [kept for kept in person.prints if kept.model == voice.model]
    if not prints:
        return -math.inf
    vector = np.asarray(voice.vector, np.float32)
    vectors = np.asarray([kept.vector for kept in prints], np.float32)
    if calibration is None:
        return _logit(float((unit(vectors) @ unit(vector)).max()))
    vector, vectors = calibration.centred(vector), calibration.centred(vectors)
    best = max(
        calibration.log_odds(float(template @ vector), voice.speech_ms, speech_ms)
        for template, speech_ms in _templates(vector, vectors, [kept.speech_ms for kept in prints])
    )
    return best if person.expected else best - calibration.stranger


def _templates(
    vector: NDArray[np.float32], vectors: NDArray[np.float32], lengths_ms: Sequence[int]
) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Yields the nearest print, the mean of the nearest two, and so on, each with the speech it is made of.

    The nearest alone would be right for a way of speaking that was heard once; several together are steadier.
    """
    nearest = np.argsort(-(vectors @ vector))
    for count in range(1, min(TOGETHER, len(nearest)) + 1):
        some = nearest[:count]
        weights = np.array([min(lengths_ms[i], 60_000) for i in some], np.float32)
        yield unit(weights @ vectors[some]), sum(lengths_ms[i] for i in some)


def _mutual_best(scores: Scores) -> Iterator[tuple[int, int]]:
    """Yields pairs of voice and person who are each other's best among those that are left, the closest first."""
    left = scores.copy()
    while left.size and np.isfinite(left.max()):
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        yield int(row), int(column)
        left[row, :] = -np.inf
        left[:, column] = -np.inf


def _judged(
    voice: VoiceEmbedding,
    scores: Scores,
    row: int,
    column: int | None,
    people: Sequence[Known],
    calibration: Calibration | None,
) -> Match:
    """Returns what to do with a voice, given whom it would be."""
    if column is None:
        others = _best_other(scores[row], None)
        return Match(voice.voice, Band.UNKNOWN, None, 0.0, *_named(others, scores[row], people))
    score = float(scores[row, column])
    rival = _best_other(scores[row], column)
    band = _band(voice, score, _lead(scores, row, column), calibration)
    if band is Band.UNKNOWN:
        return Match(voice.voice, band, None, _probability(score), *_named(column, scores[row], people))
    named = _named(rival, scores[row], people)
    return Match(voice.voice, band, people[column].key, _probability(score), *named)


def _band(voice: VoiceEmbedding, score: float, lead: float, calibration: Calibration | None) -> Band:
    if calibration is None:
        return Band.SUGGESTED if score >= _logit(UNCALIBRATED_COSINE) else Band.UNKNOWN
    if score < _logit(calibration.suggest_at):
        return Band.UNKNOWN
    sure = score >= _logit(calibration.assign_at) and lead >= calibration.margin
    return Band.ASSIGNED if sure and voice.speech_ms >= calibration.decide_from_ms else Band.SUGGESTED


def _lead(scores: Scores, row: int, column: int) -> float:
    """Returns how far a pair lies before the next person for the voice and the next voice for the person."""
    rest = np.concatenate([np.delete(scores[row], column), np.delete(scores[:, column], row)])
    return float(scores[row, column] - rest.max(initial=-math.inf))


def _best_other(row: Scores, column: int | None) -> int | None:
    rest = row.copy()
    if column is not None:
        rest[column] = -np.inf
    return int(rest.argmax()) if rest.size and np.isfinite(rest.max()) else None


def _named(column: int | None, row: Scores, people: Sequence[Known]) -> tuple[int | None, float]:
    return (None, 0.0) if column is None else (people[column].key, _probability(float(row[column])))


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(log_odds, -50.0), 50.0)))
