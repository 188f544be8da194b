"""The picture of a session's sound: loudness and the loudest talker, in few enough bins for a page.

>>> sorted(waveform(session))
['colours', 'duration_ms', 'markers', 'peaks', 'voices']
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sessions_app.models import Segment, Session
from sessions_app.transcripts.moments import moments_of
from sessions_app.transcripts.voices import shown_voices

BINS = 2000
TICK_MS = 100
"""Length of audio that one byte of ``Session.peaks`` stands for."""

Talk = tuple[int, int, int]
"""``(start_ms, end_ms, voice number)``."""


def waveform(session: Session) -> dict[str, Any]:
    """Returns the waveform of ``session``: per bin the loudest peak (0 to 255) and the voice that talks most.

    The number of bins is at most :data:`BINS`, however long the session; voice 0 means nobody. ``colours`` tells the
    colour of each voice by its number; ``markers`` are the moments that somebody marked.
    """
    people = shown_voices(session)
    spans = Segment.objects.filter(session=session, voice__isnull=False).values_list(
        "start_ms", "end_ms", "voice"
    )
    talk = ((start_ms, end_ms, people[voice].number) for start_ms, end_ms, voice in spans)
    peaks = np.frombuffer(bytes(session.peaks), dtype=np.uint8)
    ticks = max(len(peaks), -(-session.duration_ms // TICK_MS))
    bins = min(BINS, ticks)
    loudness = np.zeros(ticks, dtype=np.uint8)
    loudness[: len(peaks)] = peaks
    bin_of_tick = np.arange(ticks) * bins // max(ticks, 1)
    return {
        "duration_ms": session.duration_ms,
        "peaks": _loudest(loudness, bin_of_tick, bins).tolist(),
        "voices": _talkers(talk, bin_of_tick, bins).tolist(),
        "markers": [
            {"at_ms": moment.at_ms, "kind": moment.kind, "says": moment.says}
            for moment in moments_of(session)
        ],
        "colours": {person.number: person.colour for person in people.values()},
    }


def _loudest(loudness: NDArray[np.uint8], bin_of_tick: NDArray[np.int64], bins: int) -> NDArray[np.uint8]:
    loudest = np.zeros(bins, dtype=np.uint8)
    np.maximum.at(loudest, bin_of_tick, loudness)
    return loudest


def _talkers(spans: Iterable[Talk], bin_of_tick: NDArray[np.int64], bins: int) -> NDArray[np.int64]:
    """Returns the voice that holds most ticks of each bin, shape ``(bins,)``."""
    talker = np.zeros(len(bin_of_tick), dtype=np.int64)
    for start_ms, end_ms, voice in spans:
        talker[start_ms // TICK_MS : -(-end_ms // TICK_MS)] = voice
    counts = np.zeros((bins, int(talker.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(counts, (bin_of_tick, talker), 1)
    if bins:
        counts[:, 0] = 0  # any talk at all colours a bin, however short
    return counts.argmax(axis=1) if bins else np.zeros(0, dtype=np.int64)
