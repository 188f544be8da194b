"""Which sessions a captioner takes, and which it leaves to others, so that work is spread over all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

LEAVE_TO_OTHERS_S = 3.0
"""So long a session is left to those with less to do; then whoever sees it takes it."""


class Share:
    """Decides for one captioner; sessions are weighed by their captures, and never split: they share their voices."""

    def __init__(self) -> None:
        self._free_since: dict[UUID, float] = {}

    def to_take(self, free: Mapping[UUID, int], own: int, others: Collection[int], now: float) -> list[UUID]:
        """Returns the sessions to take now, in order; after each, more may be this captioner's share or not.

        Args:
            free: sessions that nobody captions, and how many captures each has.
            own: captures that this captioner has.
            others: how many each of the others has.
            now: seconds of any clock.
        """
        self._free_since = {session: self._free_since.get(session, now) for session in free}
        taken = []
        for session in sorted(free, key=lambda session: (-free[session], session)):
            if own <= min(others, default=own) or now - self._free_since[session] >= LEAVE_TO_OTHERS_S:
                taken.append(session)
                own += free[session]
        return taken


def to_hand_over(own: Mapping[UUID, int], others: Collection[int]) -> UUID | None:
    """Returns a session that another captioner, which has much less to do, should have instead; None if none.

    >>> one, two = UUID(int=1), UUID(int=2)
    >>> to_hand_over({one: 1, two: 2}, [1])
    UUID('00000000-0000-0000-0000-000000000001')
    >>> to_hand_over({one: 1, two: 1}, [1]) is None
    True
    """
    load = sum(own.values())
    least = min(others, default=load)
    better = [session for session, captures in own.items() if least + captures < load]
    return min(better, key=lambda session: (abs(load - least - 2 * own[session]), session), default=None)
