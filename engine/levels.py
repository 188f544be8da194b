"""How loud speech is, in decibels below full scale."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from engine.values import PcmReader, Span

FLOOR_DB = -120.0
LONGEST_MS = 10_000
MOST_SPANS = 100


def level_db(audio: PcmReader, start_ms: int, end_ms: int) -> float:
    """Returns the level of ``[start_ms, end_ms)``, of at most its first ten seconds.

    >>> import numpy as np
    >>> from engine.fakes import FakeAudio
    >>> round(level_db(FakeAudio(np.full(16_000, 0.1, np.float32)), 0, 1_000), 1)
    -20.0
    """
    samples = audio.read(start_ms, min(end_ms, start_ms + LONGEST_MS))
    power = float(np.mean(samples.astype(np.float64) ** 2)) if len(samples) else 0.0
    return max(FLOOR_DB, 10 * float(np.log10(power))) if power > 0 else FLOOR_DB


def speech_level_db(audio: PcmReader, speech: Sequence[Span]) -> float:
    """Returns the middle level of the spans of ``speech`` (of some hundred of them, evenly chosen)."""
    if not speech:
        return FLOOR_DB
    step = -(-len(speech) // MOST_SPANS)
    return median(level_db(audio, span.start_ms, span.end_ms) for span in speech[::step])
