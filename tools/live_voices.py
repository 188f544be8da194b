"""Measures how well live speakers hear who speaks, on recordings with known turns, beside the batch diarizer.

Recordings are played to :class:`engine.live.voices.LiveVoices` utterance by utterance, as the detector cuts them; words
are made up: one each third of a second of known speech. What is counted is the time of those words: under the wrong
voice (voices and people matched as fits best), and under none. ``--data`` names a folder as for
``tools/speaker_benchmark.py``, with recordings and ``.rttm`` files in ``composed/``, ``ami/`` and ``pyannote-sample/``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import numpy as np
from scipy.optimize import linear_sum_assignment

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.alignment import align
from engine.config import VadConfig
from engine.diarization import SpeakerCount
from engine.diarization.builtin import BuiltinDiarizer
from engine.embedding import VoiceEncoder
from engine.identity import Band, Known, identify
from engine.live.values import HeardVoice, Piece, Relabel
from engine.live.voices import LiveVoices
from engine.vad import detect
from engine.values import PcmReader, Utterance, VoiceEmbedding, Word
from tools.diarization_error import Labelled, Loaded
from tools.measure.evenings import Material, six_evenings
from tools.measure.naming import Heard, people_named
from tools.measure.sides import ROOT

DATA = ROOT.parent / "shared" / "data"
SETS = ("composed", "pyannote-sample", "ami")

WORD_MS = 330
ENDPOINTS = VadConfig(threshold=0.5, release=0.35, min_speech_ms=250, min_silence_ms=600, pad_ms=100)
"""About what ends an utterance live."""

LONGEST_MS = 15_000
"""An utterance that goes on for longer is cut."""


@dataclass(frozen=True, slots=True)
class Case:
    """A recording with known turns: from, until, who."""

    name: str
    audio: PcmReader
    truth: tuple[tuple[int, int, str], ...]

    @property
    def people(self) -> int:
        """How many speak in it."""
        return len({name for *_, name in self.truth})


@dataclass(frozen=True, slots=True)
class Told:
    """The voice of one word: how long it is, who says it, and its voice when first shown and in the end."""

    ms: int
    person: str
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a recording; shares of the time of all words.

    Attributes:
        wrong: under another person's voice in the end.
        unknown: under none in the end.
        first_wrong: under another person's voice when first shown.
        first_unknown: under none when first shown.
        relabelled: lines that changed their voice after they were shown.
        voices: that have lines in the end.
        ms_per_utterance: what one cost, on average.
        named_right: under the right name, by comparison as pages do.
        named_wrong: under somebody else's.
    """

    wrong: float
    unknown: float
    first_wrong: float
    first_unknown: float
    relabelled: int
    voices: int
    ms_per_utterance: float
    named_right: float = 0.0
    named_wrong: float = 0.0


def words_of(case: Case) -> list[tuple[Word, str]]:
    """Returns made-up words over the known speech, each with who says it, in time order."""
    words = []
    for start_ms, end_ms, person in case.truth:
        count = max(1, round((end_ms - start_ms) / WORD_MS))
        bounds = np.linspace(start_ms, end_ms, count + 1).astype(int).tolist()
        for one, two in pairwise(bounds):
            words.append((Word(one, max(one + 1, two), "word", 1.0), person))
    return sorted(words, key=lambda pair: pair[0])


def utterances(case: Case, words: Sequence[tuple[Word, str]]) -> Iterator[list[int]]:
    """Yields the words of each utterance, by their place in ``words``."""
    spans = detect(case.audio, ENDPOINTS)
    ends = [(span.end_ms + after.start_ms) // 2 for span, after in pairwise(spans)]
    now: list[int] = []
    for i, (word, _) in enumerate(words):
        crossed = now and any(words[now[-1]][0].start_ms < end <= word.start_ms for end in ends)
        if now and (crossed or word.end_ms - words[now[0]][0].start_ms > LONGEST_MS):
            yield now
            now = []
        now.append(i)
    if now:
        yield now


class Restarted(LiveVoices):
    """Forgets everything but the voices that were told, after each so many utterances."""

    def __init__(self, encoder: VoiceEncoder, every: int) -> None:
        super().__init__(encoder)
        self._every, self._count = every, 0
        self._told: dict[int, HeardVoice] = {}

    def place(
        self, audio: PcmReader, utterance: UUID, words: Sequence[Word], *, now_ms: int | None = None
    ) -> tuple[Piece, ...]:
        """Places an utterance, by fresh ears if it is time."""
        self._count += 1
        if self._count % self._every == 0:
            super().__init__(self._encoder, heard=list(self._told.values()))
        return super().place(audio, utterance, words, now_ms=now_ms)

    def news(self) -> tuple[tuple[HeardVoice, ...], tuple[Relabel, ...]]:
        """Remembers what was told."""
        voices, relabels = super().news()
        self._told |= {voice.number: voice for voice in voices}
        return voices, relabels


def live(case: Case, voices: LiveVoices, known: dict[str, Known] | None = None) -> Result:
    """Plays a recording to live speakers."""
    words = words_of(case)
    first: dict[int, int | None] = {}
    line_of: dict[int, UUID] = {}
    shown: dict[UUID, int | None] = {}
    embeddings: dict[int, VoiceEmbedding] = {}
    relabelled: set[UUID] = set()
    costs = []
    for number, places in enumerate(utterances(case, words)):
        began = time.process_time()
        pieces = voices.place(case.audio, UUID(int=number), [words[i][0] for i in places])
        news, relabels = voices.news()
        costs.append(time.process_time() - began)
        rest = list(places)
        for piece in pieces:
            shown[piece.id] = piece.voice
            for _ in piece.words:
                i = rest.pop(0)
                first[i], line_of[i] = piece.voice, piece.id
        for one in relabels:
            shown[one.line] = one.voice
            relabelled.add(one.line)
        embeddings |= {one.number: one.embedding for one in news}
    heard = [
        Told(word.end_ms - word.start_ms, person, first[i], shown[line_of[i]])
        for i, (word, person) in enumerate(words)
    ]
    wrong, unknown, first_wrong, first_unknown = _shares(heard)
    right_name, wrong_name = _named(heard, list(embeddings.values()), known or {})
    return Result(
        wrong,
        unknown,
        first_wrong,
        first_unknown,
        len(relabelled),
        len({one.last for one in heard} - {None}),
        1000 * sum(costs) / max(1, len(costs)),
        right_name,
        wrong_name,
    )


def batch(case: Case, most: int | None = None) -> Result:
    """Gives the same words the voices that the built-in diarizer hears in the whole recording."""
    words = words_of(case)
    found = BuiltinDiarizer().diarize(case.audio, detect(case.audio), SpeakerCount(max=most))
    heard_words = Utterance(0, case.audio.duration_ms, tuple(word for word, _ in words))
    voices = [line.voice for line in align([heard_words], found) for _ in line.words]
    heard = [
        Told(w.end_ms - w.start_ms, who, voice, voice) for (w, who), voice in zip(words, voices, strict=True)
    ]
    return Result(*_shares(heard), 0, len(set(voices) - {None}), 0.0)


def _shares(heard: Sequence[Told]) -> tuple[float, float, float, float]:
    people = sorted({one.person for one in heard})
    voices = sorted({v for one in heard for v in (one.first, one.last) if v is not None})
    together = np.zeros((len(voices), len(people)))
    for one in heard:
        if one.last is not None:
            together[voices.index(one.last), people.index(one.person)] += one.ms
    rows, columns = linear_sum_assignment(-together)
    owner = {voices[i]: people[j] for i, j in zip(rows, columns, strict=True)}
    total = sum(one.ms for one in heard)

    def share(which: str) -> tuple[float, float]:
        given = [(one, getattr(one, which)) for one in heard]
        wrong = sum(one.ms for one, v in given if v is not None and owner.get(v) != one.person)
        return wrong / total, sum(one.ms for one, v in given if v is None) / total

    return (*share("last"), *share("first"))


def _named(
    heard: Sequence[Told], embeddings: Sequence[VoiceEmbedding], known: dict[str, Known]
) -> tuple[float, float]:
    """Returns the shares under the right and under a wrong name, given without asking."""
    if not known:
        return 0.0, 0.0
    names = {one.key: person for person, one in known.items()}
    given = {
        match.voice: names[match.key]
        for match in identify(embeddings, list(known.values()))
        if match.band is Band.ASSIGNED and match.key is not None
    }
    total = sum(one.ms for one in heard)
    named = [(one, given[one.last]) for one in heard if one.last in given]
    return (
        sum(one.ms for one, name in named if name == one.person) / total,
        sum(one.ms for one, name in named if name != one.person) / total,
    )


def recordings(data: Path) -> Iterator[Case]:
    """Yields the recordings with known turns under a data folder."""
    for name in SETS:
        for rttm in sorted((data / name).glob("*.rttm")):
            labelled = Labelled.of(rttm)
            yield Case(labelled.audio.stem, Loaded.of(labelled.audio), tuple(sorted(labelled.turns)))


def evenings(data: Path, seed: int) -> Iterator[tuple[Case, dict[str, Known]]]:
    """Yields composed sessions of a group, each with the people whom somebody named after the first of them."""
    material = Material(data, seed)
    first, *later = six_evenings(material, seed)
    heard = BuiltinDiarizer().diarize(
        first.audio, detect(first.audio), SpeakerCount(max=len(material.group) + 1)
    )
    known = people_named(Heard(first, heard))
    for evening in (first, *later):
        truth = tuple((one.start_ms, one.end_ms, one.person) for one in evening.truth)
        yield Case(evening.name, evening.audio, truth), {} if evening is first else known


def _row(name: str, how: str, people: int, got: Result) -> str:
    return (
        f"{name[:44]:44} {how:6} {people:3} {got.voices:3} {got.wrong:6.1%} {got.unknown:6.1%}"
        f" {got.first_wrong:6.1%} {got.first_unknown:6.1%} {got.relabelled:4} {got.ms_per_utterance:5.0f}"
        f" {got.named_right:6.1%} {got.named_wrong:6.1%}"
    )


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1], help="of the composed sessions")
    parser.add_argument(
        "--restart-every",
        type=int,
        metavar="N",
        help="begin anew after so many utterances, as after a takeover",
    )
    chosen = parser.parse_args()
    encoder = VoiceEncoder()

    def fresh() -> LiveVoices:
        every = chosen.restart_every
        return Restarted(encoder, every) if every else LiveVoices(encoder)

    print(
        f"{'recording':44} {'by':6} {'ppl':>3} {'vcs':>3} {'wrong':>6} {'none':>6} {'wrong1':>6} {'none1':>6} rela"
        f" {'ms':>5} {'name':>6} {'misnam':>6}"
    )
    for case in recordings(chosen.data):
        print(_row(case.name, "batch", case.people, batch(case)))
        print(_row("", "live", case.people, live(case, fresh())), flush=True)
    for seed in chosen.seeds:
        for case, known in evenings(chosen.data, seed):
            print(_row(case.name, "batch", case.people, batch(case)))
            print(_row("", "live", case.people, live(case, fresh())))
            if known:
                voices = LiveVoices(encoder, known=list(known.values()))
                print(_row("", "known", case.people, live(case, voices, known)), flush=True)


if __name__ == "__main__":
    main()
