"""What goes over a session's socket to a page."""

from __future__ import annotations

from typing import Literal, TypedDict

from sessions_app.runs.notices import Nudge

REFUSED = 4404
"""Close code for a session that is not there or not for this person; an outsider cannot tell which."""


class Welcome(TypedDict):
    """The first message: the page is connected and hears of everything from now on.

    >>> Welcome(type="connected")
    {'type': 'connected'}
    """

    type: Literal["connected"]


SessionMessage = Nudge | Welcome

__all__ = ["REFUSED", "Nudge", "SessionMessage", "Welcome"]
