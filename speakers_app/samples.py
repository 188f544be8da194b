"""The moments of a session at which each voice is heard most clearly, so that people recognise it by ear.

>>> roots = {voice.pk: voice.pk for voice in session.voices.all()}
>>> all(len(clips) <= 3 for clips in samples_of(session, roots).values())
True
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from engine.clock import clock
from sessions_app.models import Segment, SegmentKind, Session

PER_VOICE = 3
SHORTEST_MS = 3_000
LONGEST_MS = 8_000
IDEAL_MS = 5_000
TRIED = 5
"""So many lines of each stretch of the session have their words looked at."""
ROOM_MS = 120
"""A clip begins and ends this much outside its words, which have no sharp edges."""
OVERLAPPED = 0.3
ENOUGH_WORDS = 5
"""A word or two, however long drawn, do not tell much of a voice."""
UNKNOWN_PROBABILITY = 0.5
WORTH_SPREADING = 0.6
"""A clip from another part of the session is preferred to a clearer one, while it is at least this part as clear."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A few seconds in which one voice is heard."""

    line: UUID
    start_ms: int
    end_ms: int
    text: str

    @property
    def clock(self) -> str:
        """Where in the session it is."""
        return clock(self.start_ms)

    @property
    def fragment(self) -> str:
        """The same as a media fragment, by which browsers play just this part of a file."""
        return f"t={self.start_ms / 1000:.2f},{self.end_ms / 1000:.2f}"


@dataclass(frozen=True, slots=True)
class _Heard:
    """A line by its times alone."""

    pk: int
    voice: int | None
    start_ms: int
    end_ms: int
    has_words: bool

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class _Candidate:
    sample: Sample
    clarity: float
    stretch: int


def samples_of(session: Session, roots: Mapping[int, int]) -> dict[int, tuple[Sample, ...]]:
    """Returns up to three clips of each voice, in the order of their times; two queries, however many voices.

    Clear is what was recognised well, lasts from three to eight seconds, and has nobody else in it. The clips are
    spread over the session where that costs little, because people sound different when they are excited.

    Args:
        session: whose voices.
        roots: for each voice's primary key that of the voice that it counts as.

    Returns:
        Clips by the primary key of the voice that counts; voices without any are left out.
    """
    lines = _lines(session, roots)
    alone = _alone(lines)
    by_voice: dict[int, list[_Heard]] = defaultdict(list)
    for line in lines:
        if line.voice is not None and line.has_words and line.length_ms > 0:
            by_voice[line.voice].append(line)
    tried = {
        line.pk: (voice, stretch, line.pk in alone)
        for voice, found in by_voice.items()
        for stretch, line in _worth_trying(found, alone)
    }
    candidates: dict[int, list[_Candidate]] = defaultdict(list)
    for row in Segment.objects.filter(pk__in=tried).only("uuid", "start_ms", "end_ms", "text", "words"):
        voice, stretch, is_alone = tried[row.pk]
        candidates[voice].append(_candidate(row, stretch, is_alone))
    return {voice: _chosen(found) for voice, found in candidates.items()}


def _lines(session: Session, roots: Mapping[int, int]) -> list[_Heard]:
    rows = Segment.objects.filter(session=session).order_by("start_ms", "position")
    return [
        _Heard(pk, roots.get(voice) if voice is not None else None, start, end, kind == SegmentKind.SPEECH)
        for pk, voice, start, end, kind in rows.values_list("pk", "voice_id", "start_ms", "end_ms", "kind")
    ]


def _alone(lines: list[_Heard]) -> set[int]:
    """Returns the lines during which no line of another voice is heard; ``lines`` are in the order of their starts."""
    overlapped = set()
    last_end: dict[int | None, _Heard] = {}
    for line in lines:
        for voice, earlier in last_end.items():
            if voice != line.voice and earlier.end_ms > line.start_ms:
                overlapped |= {line.pk, earlier.pk}
        if line.voice not in last_end or last_end[line.voice].end_ms <= line.end_ms:
            last_end[line.voice] = line
    return {line.pk for line in lines} - overlapped


def _worth_trying(lines: list[_Heard], alone: set[int]) -> Iterable[tuple[int, _Heard]]:
    """Yields the most promising lines of each third of a voice's lines, by their times alone."""

    def doubt(line: _Heard) -> tuple[bool, int, int]:
        too_short = max(0, SHORTEST_MS - line.length_ms)
        return line.pk not in alone, too_short, abs(line.length_ms - IDEAL_MS)

    stretches: dict[int, list[_Heard]] = defaultdict(list)
    for at, line in enumerate(lines):
        stretches[at * PER_VOICE // len(lines)].append(line)
    for stretch, found in stretches.items():
        for line in sorted(found, key=doubt)[:TRIED]:
            yield stretch, line


def _candidate(row: Segment, stretch: int, is_alone: bool) -> _Candidate:
    words = [word for word in row.words if word[1] - row.start_ms <= LONGEST_MS]
    is_whole = row.end_ms - row.start_ms <= LONGEST_MS or not words
    end_ms = min(row.end_ms, row.start_ms + LONGEST_MS) if is_whole else words[-1][1]
    text = row.text if is_whole else " ".join(word[2] for word in words) + " …"
    sure = sum(word[3] for word in words) / len(words) if words else UNKNOWN_PROBABILITY
    long_enough = min(1.0, (end_ms - row.start_ms) / SHORTEST_MS)
    telling = min(1.0, (1 + len(text.split())) / ENOUGH_WORDS)
    return _Candidate(
        Sample(row.uuid, max(0, row.start_ms - ROOM_MS), end_ms + ROOM_MS, text),
        sure * long_enough * telling * (1 if is_alone else OVERLAPPED),
        stretch,
    )


def _chosen(candidates: list[_Candidate]) -> tuple[Sample, ...]:
    """Returns the clearest of each stretch where it is clear enough, then the clearest of the others."""
    clearest = sorted(candidates, key=lambda each: (-each.clarity, each.sample.start_ms))
    first: dict[int, _Candidate] = {}
    for each in clearest:
        if each.clarity >= WORTH_SPREADING * clearest[0].clarity:
            first.setdefault(each.stretch, each)
    spread = list(first.values())
    rest = [each for each in clearest if each not in spread]
    chosen = (spread + rest)[:PER_VOICE]
    return tuple(sorted((each.sample for each in chosen), key=lambda sample: sample.start_ms))
