"""Embeds speech in short windows on two scales; the built-in diarizer clusters the one and smooths on the other.

Windows of 1.6 s tell people apart best, windows of 0.8 s place the moment at which one follows the other.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.diarization.vector_file import VectorFile
from engine.embedding import DIMENSION, FRAME_MS, Mels, Vectors, VoiceEncoder, level_gain, mel_spectrogram
from engine.values import PcmReader, Span

Labels = NDArray[np.intp]
"""One cluster number per window, shape ``(n,)``."""

COARSE_FRAMES, COARSE_HOP = 160, 40
FINE_FRAMES, FINE_HOP = 80, 20
"""Half of these hops cost twice the time; on four real mixtures the error moved by about one point at most."""

HOP_S = COARSE_HOP * FRAME_MS / 1000
"""Seconds of speech that one coarse window stands for."""

PIECE_MS = 60_000
"""Longer speech is cut here, so that the audio in memory is bounded."""

_TOGETHER = 192
"""Crops that wait for each other, so that the encoder has work for several threads; a second of work or less."""

_SHORTEST_FRAMES = 60
_TAIL_FRAMES = 15
"""A crop shorter than a window is given a little silence behind it; measured to help below a second."""


class Rows(Protocol):
    """Vectors in order, wherever they are kept: hours of them in a file, or a few minutes in memory."""

    def __len__(self) -> int:
        """Returns how many there are."""
        ...

    def part(self, first: int, last: int) -> Rows:
        """Returns the vectors ``first`` to ``last`` (exclusive)."""
        ...

    def read(self) -> Vectors:
        """Returns all of them, shape ``(n, d)``."""
        ...

    def blocks(self) -> Iterator[tuple[int, Vectors]]:
        """Yields them a few thousand at a time, with the number of the first."""
        ...


@dataclass(frozen=True, slots=True)
class Scale:
    """Windows of one length in time order.

    Attributes:
        starts: milliseconds, shape ``(n,)``.
        ends: milliseconds, shape ``(n,)``.
        vectors: their embeddings.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    vectors: Rows

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def centres(self) -> NDArray[np.int64]:
        """The middle of each window, in milliseconds."""
        return (self.starts + self.ends) // 2

    def part(self, first: int, last: int) -> Scale:
        """Returns the windows ``first`` to ``last`` (exclusive)."""
        return Scale(self.starts[first:last], self.ends[first:last], self.vectors.part(first, last))


@dataclass(frozen=True, slots=True)
class Windows:
    """The same speech on both scales; ``pieces`` are the stretches of which no window leaves its own."""

    pieces: tuple[Span, ...]
    coarse: Scale
    fine: Scale

    def blocks(self, size: int) -> Iterator[Windows]:
        """Yields runs of whole pieces with about ``size`` coarse windows each; nothing is left over or doubled."""
        first = 0
        while first < len(self.pieces):
            last = first
            begin = np.searchsorted(self.coarse.starts, self.pieces[first].start_ms)
            while last < len(self.pieces):
                end = np.searchsorted(self.coarse.starts, self.pieces[last].end_ms)
                if last > first and end - begin > size:
                    break
                last += 1
            yield self._between(first, last)
            first = last

    def _between(self, first: int, last: int) -> Windows:
        start_ms, end_ms = self.pieces[first].start_ms, self.pieces[last - 1].end_ms
        coarse, fine = (
            scale.part(*(int(i) for i in np.searchsorted(scale.starts, (start_ms, end_ms))))
            for scale in (self.coarse, self.fine)
        )
        return Windows(self.pieces[first:last], coarse, fine)

    def coarse_labels(self, fine: Labels) -> Labels:
        """Returns for each coarse window the label of the fine window that lies nearest to its middle."""
        labels: Labels = fine[_nearest(self.fine.centres, self.coarse.centres)]
        return labels

    def unmixed(self, fine: Labels) -> NDArray[np.bool_]:
        """Returns which coarse windows hold a single label: no change among the fine windows within them."""
        change = np.concatenate(([0], np.cumsum(fine[1:] != fine[:-1])))
        first = np.searchsorted(self.fine.starts, self.coarse.starts)
        last = np.searchsorted(self.fine.ends, self.coarse.ends, side="right") - 1
        last = np.clip(last, 0, len(change) - 1)
        same: NDArray[np.bool_] = change[np.minimum(first, last)] == change[last]
        return same


def embed_speech(
    audio: PcmReader, speech: Sequence[Span], encoder: VoiceEncoder, on_done_ms: Callable[[int], None]
) -> Windows:
    """Returns the windows of ``speech``, reading a piece of audio at a time.

    Args:
        audio: the recording.
        speech: in time order, without overlap.
        encoder: makes the vectors.
        on_done_ms: told after each piece how much speech was embedded.

    >>> from engine.fakes import FakeAudio
    >>> windows = embed_speech(FakeAudio.silence(4_000), [Span(0, 4_000)], VoiceEncoder(), lambda done_ms: None)
    >>> windows.coarse.centres.tolist()  # in milliseconds
    [800, 1200, 1600, 2000, 2400, 2800, 3200, 3205]
    """
    pieces = tuple(_pieces(speech))
    gain = level_gain(audio.read(piece.start_ms, piece.end_ms) for piece in pieces)
    coarse = _Collector(COARSE_FRAMES, COARSE_HOP, encoder)
    fine = _Collector(FINE_FRAMES, FINE_HOP, encoder)
    done_ms = 0
    for piece in pieces:
        mels = mel_spectrogram(audio.read(piece.start_ms, piece.end_ms) * gain)
        for collector in (coarse, fine):
            collector.add(piece, mels)
        done_ms += piece.duration_ms
        on_done_ms(done_ms)
    return Windows(pieces, coarse.scale(), fine.scale())


def _pieces(speech: Iterable[Span]) -> Iterator[Span]:
    for span in speech:
        count = max(1, -(-span.duration_ms // PIECE_MS))
        bounds = [span.start_ms + span.duration_ms * i // count for i in range(count + 1)]
        yield from (Span(a, b) for a, b in pairwise(bounds) if b > a)


class _Collector:
    """Gathers one scale, piece by piece, and embeds many crops at once."""

    def __init__(self, frames: int, hop: int, encoder: VoiceEncoder) -> None:
        self._frames = frames
        self._hop = hop
        self._starts = array("q")
        self._ends = array("q")
        self._encoder = encoder
        self._crops: list[Mels] = []
        self._vectors = VectorFile()

    def add(self, piece: Span, mels: Mels) -> None:
        for at in self._offsets(len(mels)):
            self._crops.append(_filled(mels[at : at + self._frames], self._frames))
            self._starts.append(piece.start_ms + at * FRAME_MS)
            self._ends.append(min(piece.end_ms, piece.start_ms + (at + self._frames) * FRAME_MS))
        if len(self._crops) >= _TOGETHER:
            self._embed()

    def _embed(self) -> None:
        lengths = np.array([len(crop) for crop in self._crops])
        vectors = np.empty((len(lengths), DIMENSION), np.float32)
        for length in np.unique(lengths):
            alike = np.flatnonzero(lengths == length)
            vectors[alike] = self._encoder.embed_windows([self._crops[i] for i in alike])
        self._vectors.append(vectors)
        self._crops = []

    def _offsets(self, frames: int) -> list[int]:
        last = frames - self._frames
        return [*range(0, last, self._hop), last] if last > 0 else [0]

    def scale(self) -> Scale:
        self._embed()
        return Scale(np.array(self._starts, np.int64), np.array(self._ends, np.int64), self._vectors.all())


def _filled(crop: Mels, frames: int) -> Mels:
    missing = min(frames, max(len(crop) + _TAIL_FRAMES, _SHORTEST_FRAMES)) - len(crop)
    return np.pad(crop, ((0, missing), (0, 0))) if missing > 0 else crop


def _nearest(sorted_times: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.intp]:
    right = np.clip(np.searchsorted(sorted_times, times), 0, len(sorted_times) - 1)
    left = np.maximum(right - 1, 0)
    nearer: NDArray[np.intp] = np.where(
        np.abs(sorted_times[left] - times) <= np.abs(sorted_times[right] - times), left, right
    )
    return nearer
