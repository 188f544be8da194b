"""What goes through the group of a session's followers, and from there over each live page's socket.

Lines go through the group in every language, and over a socket in that of its reader.
"""

from __future__ import annotations

from typing import Literal, TypedDict
from uuid import UUID


class LineMessage(TypedDict):
    """One finished line, ready to be put on the page; ``position`` tells a page whether it missed one."""

    id: str
    position: int
    html: str


class DraftMessage(TypedDict):
    """What an open utterance seems to say; ``id`` is that of the final's first line, times are the session's."""

    type: Literal["caption.draft"]
    capture: str
    id: str
    start_ms: int
    clock: str
    firm: str
    soft: str
    behind_ms: int


class FinalMessage(TypedDict):
    """The lines that replace the draft of the utterance ``id``; without lines it vanishes."""

    type: Literal["caption.final"]
    capture: str
    id: str
    lines: dict[str, list[LineMessage]]
    behind_ms: int


class RelabelledMessage(TypedDict):
    """Lines that turned out to be somebody else's."""

    type: Literal["caption.relabelled"]
    lines: dict[str, list[LineMessage]]


class DelayMessage(TypedDict):
    """How far the captions of a capture are behind, where there is no caption to say it with."""

    type: Literal["caption.delay"]
    capture: str
    behind_ms: int


class News(TypedDict):
    """Something that the page then fetches anew."""

    type: Literal["captures.changed", "markers.changed", "listeners.changed"]


LiveMessage = DraftMessage | FinalMessage | RelabelledMessage | DelayMessage | News


def live_group(uuid: UUID) -> str:
    """Returns the group of everyone who follows the session live.

    >>> live_group(UUID(int=7))
    'live.00000000000000000000000000000007'
    """
    return f"live.{uuid.hex}"
