"""Names the first of several sessions from the truth, lets identification name the others, and counts what it got."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.identity import Band, FindCalibration, Known, Match, identify, log_odds
from engine.values import Diarization
from tools.measure.evenings import Evening, Spoken

STEP_MS = 10
MOSTLY = 0.5
"""A voice is somebody's if they speak in more than this share of its turns."""

EDGE_MS = 500

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Heard:
    """A session with what the diarizer heard in it."""

    evening: Evening
    diarization: Diarization


@dataclass(frozen=True, slots=True)
class Named:
    """What came of one session; times in milliseconds.

    Attributes:
        spoken_ms: how long people of the group speak.
        right_ms: of that, how long their own name was given without asking.
        wrong_ms: how long somebody else's was.
        best_ms: how long the right name would have been given, had every voice the name of whom it mostly is.
        worst_ms: how long the wrong one would have been: the diarizer's share of the error.
        edges_ms: of the wrong time, pieces shorter than :data:`EDGE_MS`: changes of speaker placed a little off.
        missed_ms: how long the group speaks and the diarizer heard nobody.
        asked_ms: how long the right name was suggested.
        visitor_named: whether a visitor's own voice was given a name without asking.
        same: log odds of voices and the people whom they mostly are.
        different: of voices and other people.
        matches: of its voices.
    """

    spoken_ms: int
    right_ms: int
    wrong_ms: int
    best_ms: int
    worst_ms: int
    edges_ms: int
    missed_ms: int
    asked_ms: int
    visitor_named: bool
    same: tuple[float, ...]
    different: tuple[float, ...]
    matches: tuple[Match, ...]


def people_named(first: Heard) -> dict[str, Known]:
    """Returns the people whom somebody names after the first session, with the voiceprints of their voices."""
    owners = owners_of(first)
    people: dict[str, Known] = {}
    for key, person in enumerate(first.evening.people):
        prints = [e for e in first.diarization.embeddings if owners.get(e.voice) == person]
        if prints:
            people[person] = Known(key, tuple(prints), sessions=(0,) * len(prints))
    return people


def name_session(heard: Heard, people: Mapping[str, Known], find_calibration: FindCalibration) -> Named:
    """Returns what identification makes of a later session, judged by the truth."""
    voices, known = heard.diarization.embeddings, list(people.values())
    matches = identify(voices, known, find_calibration=find_calibration)
    names = {known.key: person for person, known in people.items()}
    given = {m.voice: names[m.key] for m in matches if m.band is Band.ASSIGNED and m.key is not None}
    asked = {m.voice: names[m.key] for m in matches if m.band is Band.SUGGESTED and m.key is not None}
    owners = owners_of(heard)
    times = _times(heard, given)
    best = _times(heard, {voice: person for voice, person in owners.items() if person in people})
    same: list[float] = []
    different: list[float] = []
    for model in {voice.model for voice in voices}:
        mine = [voice for voice in voices if voice.model == model]
        odds = log_odds(mine, (), known, [one.key for one in known], find_calibration(model))
        for voice, row in zip(mine, odds, strict=True):
            for person, score in zip(people, row.tolist(), strict=True):
                (same if owners.get(voice.voice) == person else different).append(score)
    visitor = heard.evening.visitor
    return Named(
        spoken_ms=times.spoken_ms,
        right_ms=times.right_ms,
        wrong_ms=times.wrong_ms,
        best_ms=best.right_ms,
        worst_ms=best.wrong_ms,
        edges_ms=times.edges_ms,
        missed_ms=times.missed_ms,
        asked_ms=_times(heard, asked).right_ms,
        visitor_named=visitor is not None and any(owners.get(voice) == visitor for voice in given),
        same=tuple(same),
        different=tuple(different),
        matches=matches,
    )


def owners_of(heard: Heard) -> dict[int, str]:
    """Returns whom each voice mostly is; voices of nobody in particular are left out."""
    truth, turns = _masks(heard)
    owners = {}
    for voice, mask in turns.items():
        shares = {person: int((mask & spoken).sum()) for person, spoken in truth.items()}
        person = max(shares, key=lambda one: shares[one])
        if shares[person] > MOSTLY * max(1, sum(shares.values())):
            owners[voice] = person
    return owners


@dataclass(frozen=True, slots=True)
class _Times:
    """How long the group speaks; under the right name, a wrong one, and heard by nobody."""

    spoken_ms: int
    right_ms: int
    wrong_ms: int
    edges_ms: int
    missed_ms: int


def _times(heard: Heard, given: Mapping[int, str]) -> _Times:
    """Returns what names given to voices come to; where two speak at once, either's name is right for both."""
    truth, turns = _masks(heard)
    silent = np.zeros(_steps(heard.evening.audio.duration_ms), bool)
    named: dict[str, Mask] = {}
    for voice, person in given.items():
        named[person] = named.get(person, silent) | turns[voice]
    misnamed, somebody = silent.copy(), silent.copy()
    for person, mask in named.items():
        misnamed |= mask & ~truth.get(person, silent)
    for mask in turns.values():
        somebody |= mask
    spoken = right = wrong = edges = missed = 0
    for person, mask in truth.items():
        if person in heard.evening.people:
            mine = mask & named.get(person, silent)
            not_mine = mask & misnamed & ~mine
            spoken += int(mask.sum())
            right += int(mine.sum())
            wrong += int(not_mine.sum())
            edges += sum(length for length in _lengths(not_mine) if length * STEP_MS < EDGE_MS)
            missed += int((mask & ~somebody).sum())
    return _Times(*(steps * STEP_MS for steps in (spoken, right, wrong, edges, missed)))


def _lengths(mask: Mask) -> list[int]:
    """Returns the lengths of the stretches in which ``mask`` is set."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    lengths: list[int] = (changes[1::2] - changes[::2]).tolist()
    return lengths


def _masks(heard: Heard) -> tuple[dict[str, Mask], dict[int, Mask]]:
    length = _steps(heard.evening.audio.duration_ms)
    truth: dict[str, Mask] = {}
    for one in heard.evening.truth:
        _mark(truth.setdefault(one.person, np.zeros(length, bool)), [one])
    turns: dict[int, Mask] = {}
    for turn in heard.diarization.turns:
        mask = turns.setdefault(turn.voice, np.zeros(length, bool))
        mask[_steps(turn.start_ms) : _steps(turn.end_ms)] = True
    return truth, turns


def _mark(mask: Mask, spoken: Iterable[Spoken]) -> None:
    for one in spoken:
        mask[_steps(one.start_ms) : _steps(one.end_ms)] = True


def _steps(ms: int) -> int:
    return ms // STEP_MS
