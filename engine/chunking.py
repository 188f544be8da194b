"""Shares the speech of a recording out to jobs, cut in silences, and joins what the jobs heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil

from engine.config import ChunkConfig
from engine.seams import join
from engine.values import Chunk, Span, Utterance

EARLIEST, LATEST = 0.75, 1.25
"""Shares of the wanted length between which the longest silence is looked for."""


def pack(
    speech: Sequence[Span],
    duration_ms: int,
    config: ChunkConfig = ChunkConfig(),  # noqa: B008 (frozen)
) -> list[Chunk]:
    """Cuts a recording into chunks of about ``config.target_ms`` of speech each, or less in a short recording.

    Chunks tile the recording from 0 to ``duration_ms``. They meet in silence, and overlap by
    ``config.overlap_ms`` only where somebody talks through ``config.max_ms``.

    Args:
        speech: spans in time order, without overlap; no speech gives no chunks.
        duration_ms: length of the recording.
        config: lengths, counted in speech.

    >>> from engine.values import Span
    >>> evening = [Span(0, 200_000), Span(210_000, 400_000)]
    >>> [(chunk.start_ms, chunk.end_ms) for chunk in pack(evening, 400_000)]
    [(0, 205000), (205000, 400000)]
    """
    chunks: list[Chunk] = []
    rest = list(speech)
    share_ms = sum(span.duration_ms for span in speech) // config.shares
    config = replace(config, target_ms=min(config.target_ms, max(config.least_ms, share_ms)))
    start_ms = 0
    while rest:
        taken, left, end_ms, next_ms = _take(rest, config)
        if not left:
            end_ms = duration_ms
        chunks.append(Chunk(len(chunks), start_ms, end_ms, tuple(taken)))
        rest, start_ms = left, next_ms
    return chunks


def merge_chunks(parts: Sequence[tuple[Chunk, Sequence[Utterance]]]) -> list[Utterance]:
    """Returns what all chunks heard as one list; where chunks overlap, each word is kept once.

    Args:
        parts: chunks of one recording in order; they may be fewer than all of them.
    """
    merged: list[Utterance] = []
    previous: Chunk | None = None
    for chunk, utterances in parts:
        if previous is not None and previous.end_ms > chunk.start_ms:
            merged = join(merged, utterances, Span(chunk.start_ms, previous.end_ms))
        else:
            merged = [*merged, *utterances]
        previous = chunk
    return merged


def _take(spans: list[Span], config: ChunkConfig) -> tuple[list[Span], list[Span], int, int]:
    """Returns the next chunk's spans, those left over, the chunk's end and the start of the one after it."""
    total = sum(span.duration_ms for span in spans)
    if total <= config.target_ms:
        return spans, [], 0, 0
    wanted = total / ceil(total / config.target_ms)
    gaps: list[tuple[int, int, int]] = []  # (speech before the gap, length of the silence, spans before it)
    amount = 0
    for count, (span, following) in enumerate(pairwise(spans), start=1):
        amount += span.duration_ms
        if amount > config.max_ms:
            break
        gaps.append((amount, following.start_ms - span.end_ms, count))
    good = [gap for gap in gaps if EARLIEST * wanted <= gap[0] <= LATEST * wanted]
    late = [gap for gap in gaps if gap[0] > LATEST * wanted]
    if good:
        count = max(good, key=lambda gap: (gap[1], -abs(gap[0] - wanted)))[2]
    elif late:
        count = late[0][2]
    elif total <= config.max_ms:
        return spans, [], 0, 0
    elif gaps:
        count = gaps[-1][2]
    else:
        return _cut_through(spans, int(wanted), config)
    middle = (spans[count - 1].end_ms + spans[count].start_ms) // 2
    return spans[:count], spans[count:], middle, middle


def _cut_through(
    spans: list[Span], wanted: int, config: ChunkConfig
) -> tuple[list[Span], list[Span], int, int]:
    """Cuts the first span, which is longer than a chunk, and lets both sides have the words around it."""
    span, half = spans[0], config.overlap_ms // 2
    cut = span.start_ms + min(max(wanted, 2 * config.overlap_ms), config.max_ms - half)
    end_ms, next_ms = cut + half, cut - half
    return [Span(span.start_ms, end_ms)], [Span(next_ms, span.end_ms), *spans[1:]], end_ms, next_ms
