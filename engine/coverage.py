"""Finds speech that gave no words, so that it is decoded once more or marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.config import AsrConfig, GuardConfig
from engine.levels import level_db, speech_level_db
from engine.values import PcmReader, Span, Utterance

WORD_MARGIN_MS = 250
"""Recognisers place the edges of words this freely."""

RECHECK_MARGIN_MS = 400
"""Sound decoded around speech that gave no words; words found in the margin are known already."""


def unheard(
    heard: Sequence[Utterance],
    audio: PcmReader,
    speech: Sequence[Span],
    config: AsrConfig,
    guards: GuardConfig,
) -> list[Span]:
    """Returns the parts of ``speech``, at least ``config.recheck_ms`` long, that no word touches.

    Parts far quieter than the rest of the speech are left out: the detector took a noise for a voice.
    """
    covered = _covered(heard)
    holes = [
        hole for span in speech for hole in _holes(span, covered) if hole.duration_ms >= config.recheck_ms
    ]
    if not holes:
        return []
    floor = speech_level_db(audio, speech) + guards.quiet_db
    return [hole for hole in holes if level_db(audio, hole.start_ms, hole.end_ms) > floor]


def widened(spans: Sequence[Span], bounds: Span) -> list[Span]:
    """Returns ``spans`` with a margin inside ``bounds``, joined where the margins meet.

    >>> widened([Span(1_000, 2_000), Span(2_500, 3_000)], bounds=Span(0, 10_000))
    [Span(start_ms=600, end_ms=3400)]
    """
    wide: list[Span] = []
    for span in spans:
        start = max(bounds.start_ms, span.start_ms - RECHECK_MARGIN_MS)
        end = min(bounds.end_ms, span.end_ms + RECHECK_MARGIN_MS)
        if wide and start <= wide[-1].end_ms:
            start = wide.pop().start_ms
        wide.append(Span(start, end))
    return wide


def only_inside(utterance: Utterance, spans: Sequence[Span]) -> Utterance | None:
    """Returns ``utterance`` with only the words whose middle lies in one of ``spans``; None without any."""
    words = tuple(
        word
        for word in utterance.words
        if any(span.start_ms <= (word.start_ms + word.end_ms) // 2 < span.end_ms for span in spans)
    )
    if not words:
        return None
    return replace(utterance, words=words, start_ms=words[0].start_ms, end_ms=words[-1].end_ms)


def _covered(heard: Sequence[Utterance]) -> list[Span]:
    words = sorted((word.start_ms, word.end_ms) for utterance in heard for word in utterance.words)
    covered: list[Span] = []
    for start, end in words:
        wide = Span(max(0, start - WORD_MARGIN_MS), end + WORD_MARGIN_MS)
        if covered and wide.start_ms <= covered[-1].end_ms:
            covered[-1] = Span(covered[-1].start_ms, max(covered[-1].end_ms, wide.end_ms))
        else:
            covered.append(wide)
    return covered


def _holes(span: Span, covered: Sequence[Span]) -> list[Span]:
    holes, at = [], span.start_ms
    for cover in covered:
        if cover.end_ms <= at:
            continue
        if cover.start_ms >= span.end_ms:
            break
        if cover.start_ms > at:
            holes.append(Span(at, cover.start_ms))
        at = min(cover.end_ms, span.end_ms)
    if at < span.end_ms:
        holes.append(Span(at, span.end_ms))
    return holes
