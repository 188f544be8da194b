"""How the conversation about a capture ends before its time."""

from __future__ import annotations

from engine.told import Told
from realtime_app.captures.protocol import CLOSE_REFUSED

TRY_AGAIN = 1013
"""The close code by which a server asks to be called again later."""


class Over(Exception):
    """The conversation ends: a close code, a reason for programs, a message for people.

    >>> refused().reason
    'refused'
    """

    def __init__(self, code: int, reason: str, message: str) -> None:
        self.code, self.reason, self.message = code, reason, message
        super().__init__(reason)


def refused() -> Over:
    """Returns the end that says no more than that it is not possible: not whether the capture exists."""
    return Over(CLOSE_REFUSED, "refused", Told("This recording is not possible here (any more)."))
