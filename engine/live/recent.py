"""What live speakers keep of the last minutes: windows of speech in memory, and the lines that were made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from engine.config import VadConfig
from engine.diarization import CropEncoder
from engine.diarization.builtin import EDGES
from engine.diarization.windows import Scale, Windows, embed_speech
from engine.embedding import Vectors, VoiceEncoder
from engine.vad import detect
from engine.values import PcmReader, Samples, Span, Vector, Word

AROUND_MS = 300
"""How far before the first word and behind the last one the edges of speech are looked for."""

PLAIN_WINDOW_MS, PLAIN_HOP_MS = 1_600, 400
"""Windows of an encoder that embeds whole crops only."""

SHORTEST_MS = 100
"""Words that took no time, or that the recogniser set behind the end of the audio, are looked for in this much."""

BETWEEN_MS = 1_000
"""Utterances are set this far apart, so that no window touches the next one's."""


@dataclass(frozen=True, slots=True)
class InMemory:
    """A few minutes of vectors; :class:`engine.diarization.windows.Rows`."""

    vectors: Vectors

    def __len__(self) -> int:
        """Returns how many there are."""
        return len(self.vectors)

    def part(self, first: int, last: int) -> InMemory:
        """Returns the vectors ``first`` to ``last`` (exclusive)."""
        return InMemory(self.vectors[first:last])

    def read(self) -> Vectors:
        """Returns all of them."""
        return self.vectors

    def blocks(self) -> Iterator[tuple[int, Vectors]]:
        """Yields all of them at once."""
        if len(self.vectors):
            yield 0, self.vectors


@dataclass(slots=True)
class RecentLine:
    """A line whose voice may still turn out to be another.

    Attributes:
        id: names it.
        span: from its first word to its last.
        speech_ms: how long somebody speaks in it.
        vector: its embedding as a whole crop; None if it is too short for one.
        voice: whose it is by now.
        told: whose it was when it was last told.
        pinned: whether a person said whose it is.
        person: key of the known person whose it clearly is.
    """

    id: UUID
    span: Span
    speech_ms: int
    vector: Vector | None
    voice: int | None
    told: int | None
    pinned: bool = False
    person: int | None = None


@dataclass(slots=True)
class RecentUtterance:
    """An utterance with its windows; times are those of its capture.

    Attributes:
        at_ms: when it ended, by the clock of the session.
        windows: of its speech.
        lines: in time order.
    """

    at_ms: int
    windows: Windows
    lines: list[RecentLine] = field(default_factory=list)

    def fine_lines(self) -> NDArray[np.intp]:
        """Returns the line, by its place in ``lines``, that each fine window belongs to; -1 for none."""
        return _line_of(self.windows.fine.centres, self.lines)

    def coarse_lines(self) -> NDArray[np.intp]:
        """Returns the same for coarse windows; one that leaves its line belongs to none."""
        coarse = self.windows.coarse
        first, last = _line_of(coarse.starts, self.lines), _line_of(coarse.ends - 1, self.lines)
        return np.where(first == last, first, -1)


def _line_of(times: NDArray[np.int64], lines: Sequence[RecentLine]) -> NDArray[np.intp]:
    """Returns the line that each moment belongs to: a change falls in the middle between two lines."""
    if not lines:
        return np.full(len(times), -1, np.intp)
    bounds = [(one.span.end_ms + two.span.start_ms) // 2 for one, two in pairwise(lines)]
    return np.searchsorted(np.array(bounds, np.int64), times, side="right").astype(np.intp)


def windows_of(audio: PcmReader, words: Sequence[Word], encoder: CropEncoder) -> Windows:
    """Returns the windows of an utterance's speech, whose edges are found again more exactly than words tell."""
    speech = speech_of(audio, words)
    if isinstance(encoder, VoiceEncoder):
        found = embed_speech(audio, speech, encoder, lambda _done_ms: None)
        return Windows(found.pieces, _in_memory(found.coarse), _in_memory(found.fine))
    scale = _plain_windows(audio, speech, encoder)
    return Windows(tuple(speech), scale, scale)


def _in_memory(scale: Scale) -> Scale:
    return Scale(scale.starts, scale.ends, InMemory(scale.vectors.read()))


def speech_of(audio: PcmReader, words: Sequence[Word], edges: VadConfig = EDGES) -> list[Span]:
    """Returns where somebody speaks during the words; the words' own times where the detector hears nobody."""
    start_ms = max(0, min(word.start_ms for word in words) - AROUND_MS)
    end_ms = min(audio.duration_ms, max(word.end_ms for word in words) + AROUND_MS)
    heard = detect(_Part(audio.read(start_ms, end_ms)), edges)
    if heard:
        return [Span(start_ms + span.start_ms, start_ms + span.end_ms) for span in heard]
    last_ms = min(audio.duration_ms, max(SHORTEST_MS, *(word.end_ms for word in words)))
    return [Span(max(0, min(words[0].start_ms, last_ms - SHORTEST_MS)), last_ms)]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of audio that was read, as the detector wants it."""

    samples: Samples

    @property
    def duration_ms(self) -> int:
        return len(self.samples) // 16

    def read(self, start_ms: int, end_ms: int) -> Samples:
        return self.samples[start_ms * 16 : end_ms * 16]


def _plain_windows(audio: PcmReader, speech: Sequence[Span], encoder: CropEncoder) -> Scale:
    """Returns windows embedded one by one; a span shorter than a window makes one."""
    bounds = [
        (start, min(span.end_ms, start + PLAIN_WINDOW_MS))
        for span in speech
        for start in _starts(span, PLAIN_WINDOW_MS, PLAIN_HOP_MS)
    ]
    vectors = np.stack([encoder.embed(audio.read(*bound)) for bound in bounds])
    starts, ends = np.array(bounds, np.int64).T
    return Scale(starts, ends, InMemory(vectors))


def _starts(span: Span, length_ms: int, hop_ms: int) -> list[int]:
    last = span.end_ms - length_ms
    return [*range(span.start_ms, last, hop_ms), last] if last > span.start_ms else [span.start_ms]


def set_in_a_row(utterances: Sequence[RecentUtterance]) -> Windows:
    """Returns the windows of several utterances one behind the other, whatever captures they were heard in.

    >>> scale = Scale(np.array([5_000]), np.array([6_600]), InMemory(np.ones((1, 2), np.float32)))
    >>> utterance = RecentUtterance(6_600, Windows((Span(5_000, 6_600),), scale, scale))
    >>> set_in_a_row([utterance, utterance]).pieces
    (Span(start_ms=0, end_ms=1600), Span(start_ms=2600, end_ms=4200))
    """
    pieces: list[Span] = []
    coarse: list[Scale] = []
    fine: list[Scale] = []
    at_ms = 0
    for utterance in utterances:
        windows = utterance.windows
        moved = at_ms - windows.pieces[0].start_ms
        pieces += [Span(p.start_ms + moved, p.end_ms + moved) for p in windows.pieces]
        coarse.append(_moved(windows.coarse, moved))
        fine.append(_moved(windows.fine, moved))
        at_ms = pieces[-1].end_ms + BETWEEN_MS
    return Windows(tuple(pieces), _together(coarse), _together(fine))


def _moved(scale: Scale, by_ms: int) -> Scale:
    return Scale(scale.starts + by_ms, scale.ends + by_ms, scale.vectors)


def _together(scales: Sequence[Scale]) -> Scale:
    return Scale(
        np.concatenate([s.starts for s in scales]),
        np.concatenate([s.ends for s in scales]),
        InMemory(np.concatenate([s.vectors.read() for s in scales])),
    )
