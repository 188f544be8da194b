"""Matches the voices of a session to people who are known; called after diarization, and by live audio.

Being wrong with confidence is worse than not knowing: a match is made without asking only where the probability is
high, the next best lies well behind, voice and person are each other's best, and enough was heard. Needs numpy alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.calibration import Calibration, Vectors, calibration_for, unit
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
        sessions: for each print, what names the session it comes from: people recorded in one session share a
            microphone, which can then be told from their voices. Empty takes all prints as one session's.
    """

    key: int
    prints: tuple[VoiceEmbedding, ...]
    expected: bool = True
    sessions: tuple[Hashable, ...] = ()

    def __post_init__(self) -> None:
        if self.sessions and len(self.sessions) != len(self.prints):
            raise ValueError("sessions must name one for each print, or none")


class Band(StrEnum):
    """What to do with a match.

    >>> [str(band) for band in Band]
    ['assigned', 'suggested', 'unknown']
    """

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
        score: the calibrated probability, 0..1, that the voice is ``key``; where unknown, that it is ``runner_up``, who
            came closest. Of a model without calibration it is a cosine.
        runner_up: who came next; None if there is nobody else.
        runner_up_score: their probability; 0 without one.
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
    beside: Sequence[VoiceEmbedding] = (),
    find_calibration: FindCalibration = calibration_for,
) -> tuple[Match, ...]:
    """Returns one match per voice, in the order of ``voices``.

    No person is given to two voices. Vectors of different models are never compared: a voice whose model nobody has a
    print of is unknown. A model without calibration only ever gives suggestions.

    Args:
        voices: the voices to match, with how much of each was heard alone.
        known: who may be among them.
        taken: people that somebody has already given to other voices of this session.
        beside: those other voices, and any more of the session. They are not matched, but the more voices of a session
            are known, the better its microphone can be told from them.
        find_calibration: returns the calibration of a model.
    """
    people = [person for person in known if person.key not in taken]
    scores = np.full((len(voices), len(people)), -np.inf)
    for model in {voice.model for voice in voices}:
        rows = [i for i, voice in enumerate(voices) if voice.model == model]
        columns = [j for j, person in enumerate(people) if any(p.model == model for p in person.prints)]
        if columns:
            same = [voices[i] for i in rows], [v for v in beside if v.model == model]
            scores[np.ix_(rows, columns)] = log_odds(
                *same, known, [people[j].key for j in columns], find_calibration(model)
            )
    return decide(voices, people, scores, find_calibration)


def decide(
    voices: Sequence[VoiceEmbedding],
    people: Sequence[Known],
    scores: Scores,
    find_calibration: FindCalibration = calibration_for,
) -> tuple[Match, ...]:
    """Returns one match per voice, given the log odds that each voice (rows) is each person (columns)."""
    long = np.array([_long(voice, find_calibration(voice.model)) for voice in voices], bool)
    chosen = dict(_mutual_best(scores, long))
    return tuple(
        _judged(voice, scores, long, i, chosen.get(i), people, find_calibration(voice.model))
        for i, voice in enumerate(voices)
    )


def _long(voice: VoiceEmbedding, calibration: Calibration | None) -> bool:
    """Tells whether enough was heard of a voice to decide whose it is."""
    return calibration is None or voice.speech_ms >= calibration.decide_from_ms


def log_odds(
    voices: Sequence[VoiceEmbedding],
    beside: Sequence[VoiceEmbedding],
    known: Sequence[Known],
    keys: Sequence[int],
    calibration: Calibration | None,
) -> Scores:
    """Returns the log odds that each voice (rows) is each person (columns), all vectors of one model.

    Args:
        voices: at least one, of one session.
        beside: more voices of that session.
        known: everybody who is known, also those who are not compared.
        keys: the people to compare, all with prints of that model.
        calibration: the model's; without it, log odds are made of the plain cosine.
    """
    model = voices[0].model
    prints = [
        (person.key, person.sessions[i] if person.sessions else None, kept)
        for person in known
        for i, kept in enumerate(person.prints)
        if kept.model == model
    ]
    evening = [*voices, *beside]
    heard = _vectors(evening, calibration, [None] * len(evening))
    kept = _vectors([p for *_, p in prints], calibration, [session for _, session, _ in prints])
    lengths_ms = np.array([p.speech_ms for *_, p in prints])
    owners = np.array([key for key, *_ in prints])
    strangers = {person.key for person in known if not person.expected}
    scores = np.empty((len(voices), len(keys)))
    for j, key in enumerate(keys):
        mine = owners == key
        for i, voice in enumerate(voices):
            scores[i, j] = _best(heard[i], voice.speech_ms, kept[mine], lengths_ms[mine], calibration)
        if calibration is not None and key in strangers:
            scores[:, j] -= calibration.stranger
    return scores


def _vectors(
    embeddings: Sequence[VoiceEmbedding], calibration: Calibration | None, sessions: Sequence[Hashable]
) -> Vectors:
    """Returns vectors to compare by cosine: without microphone and room, as far as the calibration knows how."""
    vectors = np.asarray([embedding.vector for embedding in embeddings], np.float32)
    if calibration is None:
        return unit(vectors)
    compared = np.empty_like(vectors)
    for session in set(sessions):
        mine = [i for i, other in enumerate(sessions) if other == session]
        compared[mine] = calibration.compared(vectors[mine], [embeddings[i].speech_ms for i in mine])
    return compared


def _best(
    vector: Vectors,
    speech_ms: int,
    prints: Vectors,
    lengths_ms: NDArray[np.int64],
    calibration: Calibration | None,
) -> float:
    """Returns the log odds of a voice and the prints that fit it best.

    The nearest print alone is right for a way of speaking that was heard once; the mean of the nearest few is steadier.
    """
    cosines = prints @ vector
    if calibration is None:
        return _logit(float(cosines.max()))
    nearest = np.argsort(-cosines)
    best = -math.inf
    for count in range(1, min(TOGETHER, len(nearest)) + 1):
        some = nearest[:count]
        together = unit(np.minimum(lengths_ms[some], 60_000).astype(np.float32) @ prints[some])
        best = max(
            best, calibration.log_odds(float(together @ vector), speech_ms, int(lengths_ms[some].sum()))
        )
    return best


def _mutual_best(scores: Scores, long: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yields pairs of voice and person who are each other's best among those that are left, the closest first.

    Voices of which little was heard choose last: they take nobody from another.
    """
    left = scores.copy()
    for wait in (~long, np.zeros_like(long)):
        while left.size:
            open_rows = np.where(wait[:, None], -np.inf, left)
            row, column = np.unravel_index(int(open_rows.argmax()), left.shape)
            if not np.isfinite(open_rows[row, column]):
                break
            yield int(row), int(column)
            left[row, :] = -np.inf
            left[:, column] = -np.inf


def _judged(
    voice: VoiceEmbedding,
    scores: Scores,
    long: NDArray[np.bool_],
    row: int,
    column: int | None,
    people: Sequence[Known],
    calibration: Calibration | None,
) -> Match:
    """Returns what to do with a voice, given whom it would be."""
    band = Band.UNKNOWN
    if column is not None:
        lead = _lead(scores, long, row, column) if long[row] else -math.inf
        band = _band(float(scores[row, column]), lead, calibration)
    ranked = [int(j) for j in np.argsort(-scores[row]) if np.isfinite(scores[row, j])]
    if band is Band.UNKNOWN or column is None:
        closest = _named(ranked, scores[row], people)
        return Match(voice.voice, Band.UNKNOWN, None, closest[1], *closest)
    others = _named([j for j in ranked if j != column], scores[row], people)
    return Match(voice.voice, band, people[column].key, _probability(float(scores[row, column])), *others)


def _band(score: float, lead: float, calibration: Calibration | None) -> Band:
    if calibration is None:
        return Band.SUGGESTED if score >= _logit(UNCALIBRATED_COSINE) else Band.UNKNOWN
    if score < _logit(calibration.suggest_at):
        return Band.UNKNOWN
    sure = score >= _logit(calibration.assign_at) and lead >= calibration.margin
    return Band.ASSIGNED if sure else Band.SUGGESTED


def _lead(scores: Scores, long: NDArray[np.bool_], row: int, column: int) -> float:
    """Returns how far a pair lies before the next person for the voice and the next long voice for the person."""
    people = np.delete(scores[row], column)
    voices = np.delete(np.where(long, scores[:, column], -np.inf), row)
    return float(scores[row, column] - max(people.max(initial=-np.inf), voices.max(initial=-np.inf)))


def _named(ranked: Sequence[int], row: Scores, people: Sequence[Known]) -> tuple[int | None, float]:
    return (people[ranked[0]].key, _probability(float(row[ranked[0]]))) if ranked else (None, 0.0)


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def _probability(log_odds: float) -> float:
    return (1 + math.tanh(log_odds / 2)) / 2
