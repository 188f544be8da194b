"""Makes turns and voices out of labelled windows: numbering, and one embedding for each voice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from engine.diarization import CropEncoder
from engine.diarization.windows import Labels, Windows
from engine.embedding import unit
from engine.values import PcmReader, Span, Turn, VoiceEmbedding

BEST_CROP_MS = (2_000, 20_000)
"""Crops within these lengths tell most about a voice."""

MIN_VOICE_MS = 1_000
"""A voice heard for less gets no embedding: it would match anybody."""

ENOUGH_MS = 90_000
"""More speech of a voice than this makes its embedding no better."""


def turns_of(windows: Windows, labels: Labels) -> list[Turn]:
    """Returns the turns of labelled fine windows: a change falls midway between the middles of two windows."""
    turns: list[Turn] = []
    middles = windows.fine.centres
    for piece in windows.pieces:
        first, last = np.searchsorted(windows.fine.starts, (piece.start_ms, piece.end_ms))
        start = piece.start_ms
        for i in range(int(first), int(last)):
            if i + 1 < last and labels[i + 1] == labels[i]:
                continue
            end = piece.end_ms if i + 1 == last else int(middles[i] + middles[i + 1]) // 2
            if turns and turns[-1].end_ms == start and turns[-1].voice == labels[i]:
                turns[-1] = Turn(turns[-1].start_ms, end, turns[-1].voice)
            elif end > start:
                turns.append(Turn(start, end, int(labels[i])))
            start = end
    return turns


def in_order_of_speaking(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Returns turns in time order with voices renumbered from 0 by when they first speak.

    >>> in_order_of_speaking([Turn(2_000, 3_000, voice=0), Turn(0, 1_500, voice=4)])
    (Turn(start_ms=0, end_ms=1500, voice=0), Turn(start_ms=2000, end_ms=3000, voice=1))
    """
    ordered = sorted(turns)
    numbers: dict[int, int] = {}
    for turn in ordered:
        numbers.setdefault(turn.voice, len(numbers))
    return tuple(Turn(t.start_ms, t.end_ms, numbers[t.voice]) for t in ordered)


def embed_voices(
    audio: PcmReader,
    turns: Sequence[Turn],
    encoder: CropEncoder,
    on_voice: Callable[[], None] = lambda: None,
) -> tuple[VoiceEmbedding, ...]:
    """Returns an embedding per voice that is heard alone for at least a second.

    Whole crops of 2-20 s in which nobody else speaks are embedded, weighted by their length; a voice without such a
    crop gets one from what it has, strung together.
    """
    embeddings = []
    alone = spoken_alone(turns)
    for voice in sorted(alone):
        on_voice()
        spans = alone[voice]
        speech_ms = sum(span.duration_ms for span in spans)
        if speech_ms < MIN_VOICE_MS:
            continue
        crops = list(_best_crops(spans))
        if crops:
            lengths = np.array([crop.duration_ms for crop in crops], np.float32)
            vectors = [encoder.embed(audio.read(c.start_ms, c.end_ms)) for c in crops]
            vector = unit(lengths @ np.stack(vectors))
        else:
            longest = sorted(spans, key=lambda span: (-span.duration_ms, span))[:40]
            samples = np.concatenate([audio.read(s.start_ms, s.end_ms) for s in sorted(longest)])
            vector = encoder.embed(samples)
        embeddings.append(VoiceEmbedding(voice, tuple(vector.tolist()), encoder.model_id, speech_ms))
    return tuple(embeddings)


def spoken_alone(turns: Iterable[Turn]) -> dict[int, list[Span]]:
    """Returns for each voice the stretches in which only it speaks, in time order.

    >>> spoken_alone([Turn(0, 3_000, voice=0), Turn(2_000, 5_000, voice=1)])
    {0: [Span(start_ms=0, end_ms=2000)], 1: [Span(start_ms=3000, end_ms=5000)]}
    """
    events = sorted(
        (at, change, turn.voice) for turn in turns for at, change in ((turn.start_ms, 1), (turn.end_ms, -1))
    )
    alone: dict[int, list[Span]] = {}
    active: dict[int, int] = {}
    since = 0
    for at, change, voice in events:
        if len(active) == 1 and at > since:
            only = next(iter(active))
            spans = alone.setdefault(only, [])
            if spans and spans[-1].end_ms == since:
                spans[-1] = Span(spans[-1].start_ms, at)
            else:
                spans.append(Span(since, at))
        active[voice] = active.get(voice, 0) + change
        if not active[voice]:
            del active[voice]
        since = at
    return alone


def _best_crops(spans: Sequence[Span]) -> Iterator[Span]:
    """Yields the longest spans first, each cut to at most 20 s, until there is enough."""
    shortest, longest = BEST_CROP_MS
    total = 0
    for span in sorted(spans, key=lambda s: (-s.duration_ms, s)):
        if span.duration_ms < shortest or total >= ENOUGH_MS:
            return
        crop = Span(span.start_ms, min(span.end_ms, span.start_ms + longest))
        total += crop.duration_ms
        yield crop
