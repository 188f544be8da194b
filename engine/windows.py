"""Packs speech into the recogniser's windows: full ones, cut in pauses, with long silences shortened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.clock import seconds_to_ms
from engine.config import AsrConfig
from engine.values import PcmReader, Samples, Span

LAST_PART_MS = 2_000
"""A window ends in the longest pause of its last seconds."""

CUT_WITHIN_MS = 8_000
FRAME_MS = 20
SMOOTHING_FRAMES = 10


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of the recording that are decoded as one stretch of sound.

    Attributes:
        pieces: in time order, without overlap.
        overlap: what this window shares with the one before it; None where they met in a pause.

    >>> window = Window((Span(1_000, 2_000), Span(5_000, 6_000)))
    >>> window.duration_ms, window.restore(1.5, 1.8)
    (2000, (5500, 5800))
    """

    pieces: tuple[Span, ...]
    overlap: Span | None = None

    @property
    def duration_ms(self) -> int:
        """Length of the sound."""
        return sum(piece.duration_ms for piece in self.pieces)

    def read(self, audio: PcmReader) -> Samples:
        """Returns the sound of all pieces, one after the other."""
        return np.concatenate([audio.read(piece.start_ms, piece.end_ms) for piece in self.pieces])

    def restore(self, start_s: float, end_s: float) -> tuple[int, int]:
        """Returns where in the recording the window's ``[start_s, end_s)`` lies; never across a cut."""
        start_ms, end_ms = seconds_to_ms(start_s), max(seconds_to_ms(start_s), seconds_to_ms(end_s))
        middle, passed = (start_ms + end_ms) // 2, 0
        for piece in self.pieces:
            if middle < passed + piece.duration_ms or piece is self.pieces[-1]:
                break
            passed += piece.duration_ms
        shift = piece.start_ms - passed
        return (
            min(max(start_ms + shift, piece.start_ms), piece.end_ms),
            min(max(end_ms + shift, piece.start_ms), piece.end_ms),
        )


def plan(speech: Sequence[Span], bounds: Span, audio: PcmReader, config: AsrConfig) -> list[Window]:
    """Returns the windows that hold all of ``speech``.

    Args:
        speech: spans in time order, inside ``bounds``.
        bounds: no window reads beyond them.
        audio: read only to find a quiet place in speech that is longer than a window.
        config: window length, longest silence kept, overlap.
    """
    windows: list[Window] = []
    rest = list(speech)
    edge, overlap = bounds.start_ms, None
    while rest:
        count = _count(rest, config)
        if count:
            last = rest[count - 1].end_ms
            stop = (last + rest[count].start_ms) // 2 if count < len(rest) else bounds.end_ms
            windows.append(Window(_pieces(rest[:count], Span(edge, max(stop, last)), config), overlap))
            rest, edge, overlap = rest[count:], max(stop, last), None
        else:
            cut = _quietest(rest[0], audio, config)
            end_ms, next_ms = cut + config.overlap_ms // 2, cut - config.overlap_ms // 2
            first = Span(rest[0].start_ms, end_ms)
            windows.append(Window(_pieces([first], Span(edge, end_ms), config), overlap))
            rest[0] = Span(next_ms, rest[0].end_ms)
            edge, overlap = next_ms, Span(next_ms, end_ms)
    return windows


def _count(spans: Sequence[Span], config: AsrConfig) -> int:
    """Returns how many of ``spans`` go into the next window; 0 if the first is too long for one."""
    length = config.max_gap_ms  # half of it before the first span, half after the last
    fits: list[tuple[int, int, int]] = []  # (length so far, pause after it, spans)
    for count, span in enumerate(spans, start=1):
        length += span.duration_ms
        if length > config.window_ms:
            break
        pause = spans[count].start_ms - span.end_ms if count < len(spans) else 0
        fits.append((length, pause, count))
        length += min(pause, config.max_gap_ms)
    else:
        return len(spans)
    if not fits:
        return 0
    return max((fit for fit in fits if fit[0] > fits[-1][0] - LAST_PART_MS), key=lambda fit: fit[1])[2]


def _pieces(spans: Sequence[Span], bounds: Span, config: AsrConfig) -> tuple[Span, ...]:
    pad = config.max_gap_ms // 2
    pieces: list[Span] = []
    for span in spans:
        start, end = max(bounds.start_ms, span.start_ms - pad), min(bounds.end_ms, span.end_ms + pad)
        if pieces and start <= pieces[-1].end_ms:
            pieces[-1] = Span(pieces[-1].start_ms, end)
        else:
            pieces.append(Span(start, end))
    return tuple(pieces)


def _quietest(span: Span, audio: PcmReader, config: AsrConfig) -> int:
    """Returns the middle of the quietest fifth of a second in which the window that starts at ``span`` may end."""
    half = config.overlap_ms // 2
    latest = min(span.start_ms + config.window_ms - config.max_gap_ms, span.end_ms) - half
    earliest = max(latest - CUT_WITHIN_MS, span.start_ms + config.overlap_ms)
    samples = audio.read(earliest, latest)
    size = FRAME_MS * 16
    whole = len(samples) // size * size
    energy = (samples[:whole].reshape(-1, size) ** 2).mean(axis=1)
    if len(energy) <= SMOOTHING_FRAMES:
        return latest
    smooth = np.convolve(energy, np.ones(SMOOTHING_FRAMES), mode="valid")
    return earliest + (int(smooth.argmin()) + SMOOTHING_FRAMES // 2) * FRAME_MS
