"""What waits to be sent to one page: drafts replace one another where the page is slow, everything else is kept."""

from __future__ import annotations

import asyncio
from typing import Any

AHEAD = 48
"""So many messages may be on their way unseen before drafts wait."""
MOST_WAITING = 500
"""A page that has so many messages waiting is given up: it fetches what it missed when it comes back."""

Message = dict[str, Any]


class Outbox:
    """Messages of one page, in order; a draft that waits is replaced by the next one of its utterance.

    ``get`` gives out drafts only while the page has seen nearly all that it was sent.

    >>> outbox = Outbox()
    >>> for soft in ("We", "We open"):
    ...     _ = outbox.put({"type": "caption.draft", "id": "1", "soft": soft})
    >>> asyncio.run(outbox.get())
    {'type': 'caption.draft', 'id': '1', 'soft': 'We open'}
    """

    def __init__(self, ahead: int = AHEAD, most: int = MOST_WAITING) -> None:
        self._ahead = ahead
        self._most = most
        self._waiting: dict[object, Message] = {}
        self._sent = 0
        self._seen = 0
        self._news = asyncio.Event()

    def put(self, message: Message) -> bool:
        """Takes a message; False where too many wait."""
        kind = message["type"]
        if kind == "caption.final":
            self._waiting.pop(("caption.draft", message["id"]), None)
        self._waiting[_key(message)] = message
        self._news.set()
        return len(self._waiting) < self._most

    def seen(self, count: int) -> None:
        """Notes how many messages the page has taken in all."""
        self._seen = max(self._seen, min(count, self._sent))
        self._news.set()

    async def get(self) -> Message:
        """Returns the next message that may go out, once there is one."""
        while True:
            slow = self._sent - self._seen >= self._ahead
            for key, message in self._waiting.items():
                if not (slow and message["type"] == "caption.draft"):
                    del self._waiting[key]
                    self._sent += 1
                    return message
            self._news.clear()
            await self._news.wait()


def _key(message: Message) -> object:
    """Returns what two messages share of which only the later one matters."""
    kind = message["type"]
    if kind == "caption.draft":
        return kind, message["id"]
    if kind == "caption.delay":
        return kind, message["capture"]
    if kind in ("caption.final", "caption.relabelled"):
        return object()
    return kind
