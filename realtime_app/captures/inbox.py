"""What came over a capture's socket and is not on disk yet, in the order in which it belongs."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.wav import SAMPLE_BYTES
from realtime_app.captures.audio_file import CaptureFile, OutOfOrder, Reason
from realtime_app.captures.protocol import BadFrame

MOST_BYTES = 16 << 20
"""Sound that may wait for the disk: more than eight minutes of it."""
EARLY_FRAMES = 64
"""Frames that came before their turn and are kept for it."""
SILENCE_BYTES = 4096
"""A gap is small, but costs a write of its own: no more of them may wait than would of sound."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A frame."""

    first: int
    pcm: bytes

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.first + len(self.pcm) // SAMPLE_BYTES


@dataclass(frozen=True, slots=True)
class Silence:
    """A gap that the client declared."""

    first: int
    end: int
    reason: Reason


Item = Sound | Silence


def _weight(item: Item) -> int:
    return len(item.pcm) if isinstance(item, Sound) else SILENCE_BYTES


@dataclass(slots=True)
class Inbox:
    """Items that wait; those that are early wait until what lies before them has come.

    >>> inbox = Inbox()
    >>> inbox.put(Silence(0, 16_000, "pause"))
    >>> inbox.take(), inbox.take()
    ([Silence(first=0, end=16000, reason='pause')], [])
    """

    _waiting: list[Item] = field(default_factory=list)
    _early: dict[int, Item] = field(default_factory=dict)
    _bytes: int = 0

    def put(self, item: Item) -> None:
        """Takes an item.

        Raises:
            BadFrame: so much waits that the client can't have heeded the acknowledgements.
        """
        self._bytes += _weight(item)
        if self._bytes > MOST_BYTES:
            raise BadFrame("more sound than may wait for an acknowledgement")
        self._waiting.append(item)

    def take(self) -> list[Item]:
        """Returns what waits, and forgets it."""
        items, self._waiting, self._bytes = self._waiting, [], 0
        return items

    def put_back(self, items: list[Item]) -> None:
        """Puts back, before all else, what could not be written."""
        self._waiting[:0] = items
        self._bytes += sum(map(_weight, items))

    def write(self, items: list[Item], file: CaptureFile) -> bool:
        """Writes ``items``, taking them off the list one by one; returns whether something before them is missing.

        Raises:
            DiskFull: the disk took no more; what is left in ``items`` is not written.
        """
        while items:
            self._write(items[0], file)
            items.pop(0)
            self._write_early(file)
        return bool(self._early)

    def _write(self, item: Item, file: CaptureFile) -> None:
        try:
            if isinstance(item, Sound):
                file.append(item.first, item.pcm)
            else:
                file.skip(item.first, item.end, item.reason)
        except OutOfOrder:
            if len(self._early) < EARLY_FRAMES:
                self._early[item.first] = item

    def _write_early(self, file: CaptureFile) -> None:
        while self._early:
            first = min(self._early)
            if first > file.held:
                return
            self._write(self._early[first], file)
            del self._early[first]
