"""Speech, its detector and its recogniser as arithmetic: a sample's value says which word is spoken in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.values import PcmReader, Samples, Span, Utterance, Word

MS = 16
WORD_STEP = 0.001


def speech(layout: Sequence[tuple[int, int]]) -> Samples:
    """Returns sound in which words of 160 ms follow each other; no two words are alike.

    Args:
        layout: milliseconds of silence and the number of words behind it, in turn.
    """
    parts, number = [], 0
    for silence_ms, words in layout:
        parts.append(np.zeros(silence_ms * MS, np.float32))
        for _ in range(words):
            number += 1
            parts.append(np.full(160 * MS, 0.1 + number * WORD_STEP, np.float32))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def words_of(samples: Samples) -> list[str]:
    """Returns all words of a sound that :func:`speech` made."""
    return [text for text, _, _ in _runs(samples)]


def _runs(samples: Samples) -> list[tuple[str, int, int]]:
    """Returns each word with its first sample and the one behind its last."""
    values = np.round(samples / WORD_STEP).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    return [(f"w{values[a] - 100}", a, b) for a, b in pairwise(edges) if a < b and values[a] > 0]


class FakeDetector:
    """Takes a window for speech if half of it sounds; it remembers nothing."""

    def probabilities(self, block: Samples) -> list[float]:
        """Returns 1 or 0 for each window."""
        rows = np.pad(block, (0, -len(block) % 512)).reshape(-1, 512)
        return [float(row) for row in ((rows > 0.05).mean(axis=1) >= 0.5)]


class FakeRecogniser:
    """Hears each word of which it gets a quarter, and where it lies.

    Attributes:
        finals: the spans that it was asked to hear carefully.
    """

    def __init__(self) -> None:
        self.finals: list[Span] = []

    def draft(self, audio: PcmReader, span: Span) -> list[str]:
        """Returns the words in ``span``."""
        return [word.text for word in self._words(audio, span)]

    def final(self, audio: PcmReader, span: Span, speech: Sequence[Span]) -> list[Utterance]:
        """Returns the words in ``span`` as one utterance."""
        self.finals.append(span)
        words = self._words(audio, span)
        return [Utterance(words[0].start_ms, words[-1].end_ms, words)] if words else []

    def _words(self, audio: PcmReader, span: Span) -> tuple[Word, ...]:
        return tuple(
            Word(span.start_ms + start // MS, span.start_ms + end // MS, text, 1.0)
            for text, start, end in _runs(audio.read(span.start_ms, span.end_ms))
            if end - start >= 40 * MS
        )
