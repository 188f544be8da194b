"""Learns a calibration from a bank of voices, and measures one on people whom it was not learnt from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from engine.calibration import Calibration, unit
from engine.identity import Band, Known, Match, decide, log_odds
from engine.separation import equal_error_rate
from engine.values import VoiceEmbedding
from tools.measure.voice_bank import Bank, Heard, Meeting, meetings

GRAINS_S = (0.0, 0.25, 0.5, 1.0, 2.0)
ASSIGN_AT = (0.6, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995)
MARGINS = (1.0, 2.0, 3.0, 4.0)
SUGGEST_AT = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
DECIDE_FROM_MS = (1_000, 2_000, 3_000, 4_000)

WRONG = 0.005
"""At most this share of the voices may get a wrong name without asking, visitors' included."""

HELPFUL = 0.5
"""At least this share of suggestions must be right."""

STRANGER = 2.0
"""Log odds against people who are not expected: about one voice in nine is theirs. A choice, not a measurement."""

FOLDS = 3

Odds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """A meeting with its log odds, for people whom the calibration was not learnt from or was."""

    meeting: Meeting
    voices: tuple[VoiceEmbedding, ...]
    people: tuple[Known, ...]
    odds: Odds


def learn(
    bank: Bank, people: Collection[str], model: str, *, directions: int, cohort: float, seed: int, count: int
) -> Calibration:
    """Returns a calibration learnt from ``people``; its bars are still to be set.

    Args:
        bank: the voices.
        people: of the bank; the more the better.
        model: the encoder's id.
        directions: how many directions of the microphones' influence are taken away.
        cohort: see :class:`Calibration`.
        seed: draws the meetings.
        count: how many meetings the logistic curve is fitted to.
    """
    centre, nuisance = _space(bank, people, directions)
    rough = Calibration(model, centre, nuisance, cohort, 0.0, 1.0, 0.0, 0.5, 0.5, 0.0, STRANGER, 3_000)
    rng = np.random.default_rng(seed)
    drawn = [
        *meetings(bank, people, count, rng),
        *meetings(bank, people, count // 4, rng, short=True),
    ]
    pairs = np.concatenate([_pairs(meeting, rough) for meeting in drawn])
    fits = {grain: _logistic(pairs, grain) for grain in GRAINS_S}
    grain = min(fits, key=lambda one: fits[one][2])
    slope, intercept, _ = fits[grain]
    return replace(rough, grain_s=grain, slope=slope, intercept=intercept)


def _space(
    bank: Bank, people: Collection[str], directions: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns the mean of all people, and the directions in which one person differs most between microphones."""
    everybody = np.stack(
        [
            np.stack([unit(half.crops.mean(axis=1)) for half in bank[person]], axis=1)
            for person in sorted(people)
        ]
    ).astype(np.float64)  # (people, microphones, halves, d)
    centre = everybody.mean(axis=(0, 1, 2))
    within = (everybody - everybody.mean(axis=(1, 2), keepdims=True)).reshape(-1, everybody.shape[-1])
    _, vectors = np.linalg.eigh(within.T @ within)
    strongest = vectors[:, ::-1][:, :directions].T
    return centre.astype(np.float32), np.ascontiguousarray(strongest, np.float32)


def _pairs(meeting: Meeting, calibration: Calibration) -> NDArray[np.float64]:
    """Returns a row per pair: cosine, the two lengths in seconds, and whether it is one person."""
    ours, theirs = (
        calibration.compared(np.stack([one.vector for one in side]), [one.speech_ms for one in side])
        for side in (meeting.voices, meeting.prints)
    )
    cosines = ours @ theirs.T
    seconds = [np.array([one.speech_ms / 1000 for one in side]) for side in (meeting.voices, meeting.prints)]
    grid = np.broadcast_arrays(cosines, seconds[0][:, None], seconds[1][None], meeting.same)
    return np.stack([part.ravel() for part in grid], axis=1).astype(np.float64)


def _logistic(pairs: NDArray[np.float64], grain_s: float) -> tuple[float, float, float]:
    """Returns slope, intercept and loss of the curve, with pairs of one and of two people weighing the same."""
    cosine, one_s, other_s, same = pairs.T
    raised = np.minimum(cosine * np.sqrt((1 + grain_s / one_s) * (1 + grain_s / other_s)), 1.0)
    weights = np.where(same > 0, 0.5 / same.sum(), 0.5 / (1 - same).sum())

    def loss(curve: NDArray[np.float64]) -> float:
        odds = curve[0] * raised + curve[1]
        return float((weights * np.logaddexp(0, np.where(same > 0, -odds, odds))).sum())

    found = minimize(loss, np.array([10.0, -3.0]))
    return float(found.x[0]), float(found.x[1]), float(found.fun)


def trials(drawn: Sequence[Meeting], calibration: Calibration) -> Iterator[Trial]:
    """Yields meetings with their log odds."""
    for meeting in drawn:
        people = tuple(
            Known(key, (_embedding(key, one, calibration.model),)) for key, one in enumerate(meeting.prints)
        )
        voices = tuple(_embedding(i, one, calibration.model) for i, one in enumerate(meeting.voices))
        keys = [person.key for person in people]
        yield Trial(meeting, voices, people, log_odds(voices, (), people, keys, calibration))


def _embedding(number: int, heard: Heard, model: str) -> VoiceEmbedding:
    return VoiceEmbedding(number, tuple(heard.vector.tolist()), model, heard.speech_ms)


@dataclass(frozen=True, slots=True)
class Rates:
    """What identification made of trials; shares of voices.

    Attributes:
        right: of the group's voices, assigned to the right person.
        wrong: of the group's voices, assigned to a wrong person.
        visitors: of visitors' voices, assigned to anybody.
        asked: of all voices, given a suggestion.
        helpful: of suggestions, right.
        eer: equal error rate of all pairs.
    """

    right: float
    wrong: float
    visitors: float
    asked: float
    helpful: float
    eer: float

    @property
    def bad(self) -> float:
        """The worse of the two ways of being wrong, visitors being fewer than others."""
        return max(self.wrong, self.visitors / 4)


def rates(tried: Sequence[Trial], calibration: Calibration) -> Rates:
    """Returns what ``calibration`` makes of trials."""
    mine = visitors = right = wrong = named = asked = helpful = 0
    for trial in tried:
        matches = decide(trial.voices, trial.people, trial.odds, lambda _: calibration)
        for match, same in zip(matches, trial.meeting.same, strict=True):
            known = bool(same.any())
            mine, visitors = mine + known, visitors + (not known)
            hit = match.key is not None and bool(same[match.key])
            if match.band is Band.ASSIGNED:
                right, wrong, named = right + hit, wrong + (known and not hit), named + (not known)
            elif match.band is Band.SUGGESTED:
                asked, helpful = asked + 1, helpful + hit
    odds = np.concatenate([trial.odds.ravel() for trial in tried])
    same = np.concatenate([trial.meeting.same.ravel() for trial in tried])
    return Rates(
        right / max(1, mine),
        wrong / max(1, mine),
        named / max(1, visitors),
        asked / max(1, mine + visitors),
        helpful / max(1, asked),
        equal_error_rate(odds[same].tolist(), odds[~same].tolist()),
    )


def with_bars(calibration: Calibration, tried: Sequence[Trial], shortly: Sequence[Trial]) -> Calibration:
    """Returns the calibration with bars at which as much as possible is right and next to nothing wrong.

    Args:
        calibration: whose bars are to be set.
        tried: trials with people whom no calibration was learnt from.
        shortly: the same, with one voice each that was hardly heard.
    """
    choices = [
        replace(calibration, assign_at=at, margin=margin, suggest_at=min(SUGGEST_AT))
        for at, margin in product(ASSIGN_AT, MARGINS)
    ]
    found = [(rates(tried, choice), choice) for choice in choices]
    careful = [(rate.right, choice) for rate, choice in found if rate.bad <= WRONG]
    chosen = max(careful, key=lambda pair: pair[0])[1] if careful else choices[-1]
    for at in SUGGEST_AT:
        chosen = replace(chosen, suggest_at=at)
        if rates(tried, chosen).helpful >= HELPFUL:
            break
    for shortest in DECIDE_FROM_MS:
        chosen = replace(chosen, decide_from_ms=shortest)
        if _wrong_shortly(shortly, chosen) <= WRONG:
            break
    return chosen


def _wrong_shortly(tried: Sequence[Trial], calibration: Calibration) -> float:
    """Returns the share of hardly heard voices, the last of each trial, that are given a wrong name."""
    wrong = 0
    for trial in tried:
        match = decide(trial.voices, trial.people, trial.odds, lambda _: calibration)[-1]
        wrong += _is_wrong(match, trial.meeting)
    return wrong / max(1, len(tried))


def _is_wrong(match: Match, meeting: Meeting) -> bool:
    return match.band is Band.ASSIGNED and match.key is not None and not meeting.same[match.voice][match.key]


def folds(people: Collection[str], seed: int) -> Iterator[tuple[list[str], list[str]]]:
    """Yields people to learn from and people to measure on, each measured on once."""
    drawn = [sorted(people)[i] for i in np.random.default_rng(seed).permutation(len(people))]
    for fold in range(FOLDS):
        held_out = drawn[fold::FOLDS]
        yield [person for person in drawn if person not in held_out], held_out
