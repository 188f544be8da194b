"""Finds speech that gave no words, so that it is decoded once more or marked."""

from __future__ import annotations

from collections.abc import Sequence

from engine.config import AsrConfig, GuardConfig
from engine.levels import level_db, speech_level_db
from engine.values import PcmReader, Span, Utterance

WORD_MARGIN_MS = 250
"""Recognisers place the edges of words this freely."""


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
