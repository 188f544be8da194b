"""Composes sessions out of single-speaker recordings: people take turns at a table, recorded another way each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.clock import SAMPLE_RATE, ms_to_samples
from engine.config import VadConfig
from engine.vad import detect
from engine.values import Samples, Span
from tools.measure.microphones import Microphone, load_all, made_up_noise, made_up_room
from tools.measure.sounds import InMemory, by_person, load

EDGES = VadConfig(threshold=0.3, release=0.15, min_speech_ms=100, min_silence_ms=300, pad_ms=0)
"""Speech of the clean recordings, by which the truth is known."""

TURN_MS = (2_500, 9_000)
"""Turns end in the first pause between these lengths."""

PAUSE_MS = (-300, 900)
"""Between turns; people fall into each other's words now and then."""

SPOKEN_MS = 45_000
"""Each person speaks about so long in a session, if the folder has enough of them."""

AT_THE_TABLE = 6
"""A group has no more people."""

VISITOR_MS = 8_000
"""A visitor must have at least so much speech: a group would hardly notice another."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A person speaking without a pause worth naming, known from the clean recording."""

    start_ms: int
    end_ms: int
    person: str


@dataclass(frozen=True, slots=True)
class Evening:
    """One composed session.

    Attributes:
        name: says what is special about it.
        samples: its sound.
        truth: who speaks when.
        people: who of the group is there.
        visitor: somebody else who is there.
        reused: recordings in it that an earlier session had too.
    """

    name: str
    samples: Samples
    truth: tuple[Spoken, ...]
    people: tuple[str, ...]
    visitor: str | None
    reused: int

    @property
    def audio(self) -> InMemory:
        """The sound as stages read it."""
        return InMemory(self.samples)


@dataclass(frozen=True, slots=True)
class Utter:
    """A piece of one recording that is one turn at the table."""

    source: str
    samples: Samples
    speech: tuple[Span, ...]


class Material:
    """What a data folder has: the group's people, visitors, rooms and noises.

    Args:
        data: holds ``librispeech-speakers`` (the group), ``librispeech-many`` (visitors) and ``noise``.
        seed: draws the group if there are too many for one table.

    Raises:
        FileNotFoundError: if the group's people are not there, or fewer than two of them.
    """

    def __init__(self, data: Path, seed: int) -> None:
        people = by_person(data / "librispeech-speakers")
        drawn = np.random.default_rng(seed).permutation(sorted(people))[:AT_THE_TABLE].tolist()
        self._group = {person: people[person] for person in sorted(drawn)}
        if len(self._group) < 2:
            raise FileNotFoundError(
                f"{data / 'librispeech-speakers'} holds no recordings of at least two people"
            )
        self._visitors = {
            person: paths
            for person, paths in by_person(data / "librispeech-many").items()
            if person not in people
        }
        self.rooms = load_all(data / "noise", "rir")
        self.noises = load_all(data / "noise", "noise")
        self._cut: dict[Path, list[Utter]] = {}

    @property
    def group(self) -> tuple[str, ...]:
        """The people of the group."""
        return tuple(self._group)

    def visitors(self, rng: np.random.Generator) -> Iterator[str]:
        """Yields visitors in any order, each with enough to say; reads only as many as are asked for."""
        names = list(self._visitors)
        for i in rng.permutation(len(names)):
            if self._speech_ms(self._turns(self._visitors[names[i]])) >= VISITOR_MS:
                yield names[i]

    def turns_of_visitor(self, person: str) -> list[Utter]:
        """Returns all that a visitor says."""
        return self._turns(self._visitors[person])

    def recordings(self, person: str) -> list[Path]:
        """Returns the recordings of one of the group."""
        return self._group[person]

    def turns(self, paths: Sequence[Path]) -> list[Utter]:
        """Returns the turns in ``paths``, up to :data:`SPOKEN_MS` of speech."""
        chosen: list[Utter] = []
        for turn in self._turns(paths):
            if self._speech_ms(chosen) >= SPOKEN_MS:
                break
            chosen.append(turn)
        return chosen

    def _turns(self, paths: Sequence[Path]) -> list[Utter]:
        for path in paths:
            if path not in self._cut:
                self._cut[path] = cut(path.stem, load(path))
        return [turn for path in paths for turn in self._cut[path]]

    @staticmethod
    def _speech_ms(turns: Sequence[Utter]) -> int:
        return sum(span.duration_ms for turn in turns for span in turn.speech)


def cut(source: str, samples: Samples) -> list[Utter]:
    """Returns a recording cut into turns at its pauses."""
    turns: list[list[Span]] = [[]]
    for span in detect(InMemory(samples), EDGES):
        if turns[-1] and span.end_ms - turns[-1][0].start_ms > TURN_MS[1]:
            turns.append([])
        turns[-1].append(span)
        if span.end_ms - turns[-1][0].start_ms >= TURN_MS[0]:
            turns.append([])
    if len(turns) > 1 and turns[-1] and turns[-1][-1].end_ms - turns[-1][0].start_ms < TURN_MS[0]:
        turns[-2:] = [turns[-2] + turns[-1]]
    return [_utter(source, samples, spans) for spans in turns if spans]


def _utter(source: str, samples: Samples, spans: Sequence[Span]) -> Utter:
    start_ms = max(0, spans[0].start_ms - 40)
    piece = samples[ms_to_samples(start_ms) : ms_to_samples(spans[-1].end_ms + 80)]
    return Utter(source, piece, tuple(Span(s.start_ms - start_ms, s.end_ms - start_ms) for s in spans))


def six_evenings(material: Material, seed: int) -> list[Evening]:
    """Returns six sessions; the first has recordings of its own, the others share the rest of them.

    Everybody is in the first, second, third and last; one person is missing from the fourth and another from the
    fifth; visitors come to the third and the fifth.
    """
    rng = np.random.default_rng(seed)
    group, visitors = material.group, material.visitors(np.random.default_rng(seed))
    first, rest = _halves(material, rng)
    microphones = list(_microphones(material, rng))
    away = rng.permutation(len(group))[:2]
    used: set[str] = set()
    evenings = []
    for number in range(6):
        missing = group[away[number - 3]] if number in (3, 4) else None
        visitor = next(visitors, None) if number in (2, 4) else None
        people = tuple(person for person in group if person != missing)
        said = {p: material.turns(first[p] if number == 0 else _shuffled(rest[p], rng)) for p in people}
        if visitor:
            said[visitor] = material.turns_of_visitor(visitor)
        sources = {turn.source for turns in said.values() for turn in turns}
        name, microphone = microphones[number]
        name += f", visitor {visitor}" if visitor else ""
        name += f", without {missing}" if missing else ""
        samples, truth = _at_the_table(said, rng)
        evenings.append(
            Evening(name, microphone.record(samples), truth, people, visitor, len(sources & used))
        )
        used |= sources
    return evenings


def _halves(
    material: Material, rng: np.random.Generator
) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
    """Returns each person's recordings for the first session and for the others."""
    first, rest = {}, {}
    for person in material.group:
        paths = _shuffled(material.recordings(person), rng)
        if len(paths) < 2:
            raise FileNotFoundError(f"{person} has one recording only; two are needed")
        first[person], rest[person] = paths[: len(paths) // 2], paths[len(paths) // 2 :]
    return first, rest


def _shuffled(paths: Sequence[Path], rng: np.random.Generator) -> list[Path]:
    return [paths[i] for i in rng.permutation(len(paths))]


def _microphones(material: Material, rng: np.random.Generator) -> Sequence[tuple[str, Microphone]]:
    """Returns six ways of recording; the first session's is as good as a laptop on the table."""
    rooms = [*material.rooms, *(made_up_room(rng) for _ in range(3))]
    noises = [*material.noises, *(made_up_noise(rng) for _ in range(3))]
    rooms, noises = rooms[::-1], noises[::-1]
    return (
        ("laptop", Microphone(100, 7_500, 1.0, 2_500, 4, rooms[0], 0.4, noises[0], 25, -28)),
        ("good microphone", Microphone(40, 7_900, 0.5, 5_000, 2, None, 0, noises[1], 35, -22)),
        (
            "telephone on the table, opus",
            Microphone(150, 7_000, 1.5, 1_800, 6, rooms[1], 0.5, noises[2], 22, -30, "libopus", 16_000),
        ),
        ("echoing room", Microphone(60, 7_800, -1.0, 400, 4, rooms[-1], 0.5, noises[3], 25, -26)),
        (
            "dull recorder, noisy",
            Microphone(80, 5_000, -2.0, 300, 5, rooms[2], 0.3, noises[-1], 14, -32, "libmp3lame", 32_000),
        ),
        ("headsets over a call", Microphone(200, 3_800, 0, 1_500, 3, None, 0, noises[-2], 25, -20)),
    )


def _at_the_table(
    said: dict[str, list[Utter]], rng: np.random.Generator
) -> tuple[Samples, tuple[Spoken, ...]]:
    """Returns one track in which people take turns, nobody twice in a row while others have something to say."""
    waiting = {person: list(turns) for person, turns in said.items()}
    loudness = {person: 10 ** (rng.uniform(-5, 5) / 20) for person in said}
    track = np.zeros(SAMPLE_RATE, np.float32)
    truth: list[Spoken] = []
    end_ms, last = 800, ""
    while any(waiting.values()):
        people = [p for p, turns in waiting.items() if turns and p != last] or [last]
        shares = np.array([len(waiting[p]) for p in people], float)
        last = str(rng.choice(people, p=shares / shares.sum()))
        turn = waiting[last].pop(0)
        start_ms = max(0, end_ms + int(rng.integers(*PAUSE_MS)))
        at = ms_to_samples(start_ms)
        level = loudness[last] * 0.05 / max(float(np.sqrt(np.mean(turn.samples**2))), 1e-6)
        missing = at + len(turn.samples) + SAMPLE_RATE - len(track)
        track = np.pad(track, (0, max(0, missing)))
        track[at : at + len(turn.samples)] += level * turn.samples
        truth += [Spoken(start_ms + s.start_ms, start_ms + s.end_ms, last) for s in turn.speech]
        end_ms = start_ms + turn.speech[-1].end_ms
    return track, tuple(sorted(truth, key=lambda spoken: (spoken.start_ms, spoken.end_ms)))
