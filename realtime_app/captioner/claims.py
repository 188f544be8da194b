"""Which captures this captioner has to caption at the moment."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from realtime_app.captioner.leases import Leases
from realtime_app.captioner.share import Share, to_hand_over
from realtime_app.captioner.storing import Superseded, leave_to_run
from realtime_app.models import Capture

SPREAD_S = 10.0
"""How often a session is handed over to somebody who has less to do."""


class Claims:
    """Takes sessions that are this captioner's share, and lets go of them when nothing is left to caption.

    Args:
        leases: this captioner's.
        now: a clock in seconds.

    >>> from unittest.mock import Mock
    >>> capture = Capture.objects.create(session=session)
    >>> leases = Mock(Leases, held={session.uuid}, free=lambda sessions: [])
    >>> list(Claims(leases).look().values()) == [capture]
    True
    """

    def __init__(self, leases: Leases, now: Callable[[], float] = time.monotonic) -> None:
        self._leases = leases
        self._now = now
        self._share = Share()
        self._spread_at = now() + SPREAD_S

    def look(self) -> dict[UUID, Capture]:
        """Returns the captures to caption, by uuid, as they are now, with their sessions and campaigns.

        Raises:
            DatabaseError: the database does not answer.
        """
        rows = {row.uuid: row for row in self._wanted()}
        captures = Counter(row.session.uuid for row in rows.values())
        for session in self._leases.held - captures.keys():
            self._leases.give_back(session)
        self._take(captures)
        self._spread(captures)
        held = self._leases.held
        mine = {uuid: row for uuid, row in rows.items() if row.session.uuid in held}
        self._leases.tell_load(len(mine))
        return mine

    def _wanted(self) -> list[Capture]:
        rows = (
            Capture.objects.to_caption()
            .select_related("session__campaign", "recording")
            .defer("session__peaks")
        )
        wanted = []
        for row in rows:
            with suppress(Superseded):  # whoever has it moved on meanwhile; it is looked at again
                if not leave_to_run(row):
                    wanted.append(row)
        return wanted

    def _take(self, captures: Counter[UUID]) -> None:
        free = {session: captures[session] for session in self._leases.free(captures)}
        own = sum(captures[session] for session in self._leases.held)
        others = list(self._leases.loads_of_others().values()) if free else []
        for session in self._share.to_take(free, own, others, self._now()):
            if self._leases.take(session):
                own += captures[session]
                self._leases.tell_load(own)

    def _spread(self, captures: Counter[UUID]) -> None:
        own = {session: captures[session] for session in self._leases.held}
        if self._now() < self._spread_at or len(own) < 2:
            return
        self._spread_at = self._now() + SPREAD_S
        session = to_hand_over(own, list(self._leases.loads_of_others().values()))
        if session is not None:
            self._leases.give_back(session)
