"""Draws the edges of words to those of detected speech.

A recogniser's word times come from its attention, which lets a word before or after a pause reach far into the pause.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from engine.values import Span, Utterance, Word

TOUCH_MS = 80
TOUCH_SHARE = 0.3
"""A word is in a span if this much of it is, or this share; less is the reach of its neighbour."""


def draw_to_speech(utterances: Sequence[Utterance], speech: Sequence[Span]) -> list[Utterance]:
    """Returns ``utterances`` with each word cut to the speech that it lies in; words in no speech stay.

    Args:
        utterances: in time order.
        speech: in time order, without overlap.

    >>> from engine.values import Span, Utterance, Word
    >>> late = Utterance(0, 2_000, (Word(0, 2_000, "Roll", 0.9),))
    >>> draw_to_speech([late], [Span(1_400, 2_000)])[0].words[0].start_ms
    1400
    """
    starts = [span.start_ms for span in speech]
    drawn = []
    for utterance in utterances:
        words = tuple(_drawn(word, speech, starts) for word in utterance.words)
        if words == utterance.words:
            drawn.append(utterance)
        else:
            drawn.append(replace(utterance, words=words, start_ms=words[0].start_ms, end_ms=words[-1].end_ms))
    return drawn


def _drawn(word: Word, speech: Sequence[Span], starts: Sequence[int]) -> Word:
    enough = min(TOUCH_MS, TOUCH_SHARE * (word.end_ms - word.start_ms))
    number = max(0, bisect_right(starts, word.start_ms) - 1)
    touched: list[Span] = []
    while number < len(speech) and speech[number].start_ms < word.end_ms:
        span = speech[number]
        if min(span.end_ms, word.end_ms) - max(span.start_ms, word.start_ms) > enough:
            touched.append(span)
        number += 1
    if not touched:
        return word
    return replace(
        word, start_ms=max(word.start_ms, touched[0].start_ms), end_ms=min(word.end_ms, touched[-1].end_ms)
    )
