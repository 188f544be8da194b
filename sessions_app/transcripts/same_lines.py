"""Says which new line is which earlier one, so that what points to a line points to it after the next Run, too.

>>> take_over_identities([], [])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sessions_app.models import Segment
from sessions_app.transcripts.corrections import EarlierLine


def take_over_identities(lines: Sequence[Segment], earlier: Sequence[EarlierLine]) -> None:
    """Gives each line the uuid of the earlier one that it shares most time with; both are in the order of starts.

    One line takes one uuid, and only where at least half of the shorter one is at the time of the other. Lines that
    are heard as the same voice come first, then those that share more, then those that say the same.
    """
    taken: set[int] = set()
    known: set[int] = set()
    for *_rank, index, at in sorted(_pairs(lines, earlier)):
        if index not in known and at not in taken:
            lines[index].uuid = earlier[at].uuid
            known.add(index)
            taken.add(at)


def _pairs(
    lines: Sequence[Segment], earlier: Sequence[EarlierLine]
) -> Iterator[tuple[bool, int, bool, int, int]]:
    """Yields the likely pairs by their indexes, with what ranks them, the likeliest having the least."""
    first = 0
    for index, line in enumerate(lines):
        end_ms = max(line.end_ms, line.start_ms + 1)
        while (
            first < len(earlier) and max(earlier[first].end_ms, earlier[first].start_ms + 1) <= line.start_ms
        ):
            first += 1
        for at in range(first, len(earlier)):
            there = earlier[at]
            if there.start_ms >= end_ms:
                break
            end_then = max(there.end_ms, there.start_ms + 1)
            shared = min(end_ms, end_then) - max(line.start_ms, there.start_ms)
            if 2 * shared >= min(end_ms - line.start_ms, end_then - there.start_ms) and shared > 0:
                other_voice = there.heard_voice != line.heard_voice_id
                yield other_voice, -shared, there.text != line.text, index, at
