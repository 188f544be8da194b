"""One device and one follower of it, in the benchmark's own process: what was sent, held and shown, and when."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from engine.clock import SAMPLE_RATE
from engine.wav import HEADER_BYTES
from realtime_app.client.recorder import Recorder
from realtime_app.client.tape import Int16, Reason, Tape
from realtime_app.client.uplink import Device, Uplink
from tools.measure.live_shown import Shown, ShownDraft, ShownUtterance, ShownWord
from tools.measure.live_site import LiveSite

AGAIN_S = 0.5
SEEN_EVERY = 5


class TimedTape(Tape):
    """A tape that notes how long each piece waits for its acknowledgement.

    Attributes:
        waits: ``(when it was recorded, seconds until it was acknowledged)`` of each piece.
        opened: when the server first answered.
        began: when the first sample was spoken: a piece before it was added.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.waits: list[tuple[float, float]] = []
        self.began: float | None = None
        self.opened: float | None = None
        self._waiting: deque[tuple[int, float]] = deque()

    def add(self, samples: Int16) -> None:
        """Adds samples, and notes when."""
        now = time.monotonic()
        if self.began is None:
            self.began = now - (self.next + len(samples)) / SAMPLE_RATE
        super().add(samples)
        self._waiting.append((self.next, now))

    def hold(self, samples: int) -> None:
        """Notes what is acknowledged."""
        now = time.monotonic()
        self.opened = self.opened or now
        while self._waiting and self._waiting[0][0] <= samples:
            recorded = self._waiting.popleft()[1]
            self.waits.append((recorded, now - recorded))
        super().hold(samples)


class Played:
    """A source: samples in memory, played at the pace of the world."""

    is_live = False

    def __init__(self, samples: Int16) -> None:
        self._samples = samples

    def blocks(self) -> Iterator[Int16]:
        """Yields all of it; the recorder sees to the pace."""
        yield self._samples

    def stop(self) -> None:
        """Nothing to stop."""


class Sending:
    """A device that plays samples into a session.

    Args:
        site: where to.
        session: uuid.
        samples: what it plays.
        folder: of its tape.
        url: another way to the web process than the direct one.
        hold_open: whether the capture stays open at its end.
    """

    def __init__(
        self,
        site: LiveSite,
        session: str,
        samples: Int16,
        folder: Path,
        *,
        url: str = "",
        hold_open: bool = True,
    ) -> None:
        self._token = site.ask("capture_token", uuid=session)["token"]
        self._url = url or site.url
        self._folder, self._samples, self._hold_open = folder, samples, hold_open
        self.tape = TimedTape(folder)
        self.capture = ""
        self.gaps: list[tuple[int, int]] = []

    async def run(self) -> None:
        """Plays to the end, and waits until the server holds all of it."""
        uplink = Uplink(self._url, self._token, self.tape, Device("Benchmark"))
        source = Played(self._samples[self.tape.next :])
        recorder = Recorder(source, self.tape, uplink)
        if not self._hold_open:
            await recorder.run()
            self.capture = uplink.capture
            return
        sending = asyncio.create_task(uplink.run())
        try:
            await recorder._record()
            while self.tape.unsent and not sending.done():
                await asyncio.sleep(0.05)
            if sending.done():
                sending.result()
        finally:
            self.capture = uplink.capture or self.capture
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    def reload(self, reason: Reason = "lost") -> None:
        """Takes the tape up anew, as another program would, and declares what was not recorded meanwhile."""
        began, waits = self.tape.began, self.tape.waits
        self.tape = TimedTape(self._folder)
        self.tape.began, self.tape.waits = began, waits
        assert began is not None
        now = min(len(self._samples), round((time.monotonic() - began) * SAMPLE_RATE))
        if now > self.tape.next:
            self.gaps.append((self.tape.next, now))
            self.tape.skip(now, reason)

    def expected(self) -> Int16:
        """Returns what the server must hold: what was played, with silence where nothing was recorded."""
        expected = self._samples.copy()
        for first, end in self.gaps:
            expected[first:end] = 0
        return expected

    def samples_lost(self, site: LiveSite) -> int:
        """Returns how many samples the server's file lacks or has wrong."""
        path = Path(site.ask("capture", uuid=self.capture)["path"])
        return differing(self.expected(), np.fromfile(path, "<i2", offset=HEADER_BYTES))


def differing(expected: NDArray[np.int16], found: NDArray[np.int16]) -> int:
    """Returns how many samples are missing, too many or different."""
    shared = min(len(expected), len(found))
    return int((expected[:shared] != found[:shared]).sum()) + abs(len(expected) - len(found))


class Follower:
    """A page that follows a session, and notes when it hears what.

    Args:
        site: where the session is.
        session: uuid.
    """

    def __init__(self, site: LiveSite, session: str) -> None:
        self._address = f"ws://127.0.0.1:{site.port}/ws/sessions/{session}/live/"
        self._cookie, self._origin = site.login["Cookie"], site.url
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self.is_connected = asyncio.Event()

    async def __aenter__(self) -> Follower:
        self._task = asyncio.create_task(self._follow())
        async with asyncio.timeout(30):
            await self.is_connected.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(OSError, TimeoutError, ConnectionClosed, InvalidHandshake):
                async with connect(
                    self._address,
                    origin=self._origin,  # type: ignore[arg-type]  # a NewType of str
                    additional_headers={"Cookie": self._cookie},
                    proxy=None,
                    close_timeout=1,
                ) as socket:
                    seen = 0
                    async for text in socket:
                        self.heard.append((time.monotonic(), json.loads(text)))
                        self.is_connected.set()
                        seen += 1
                        if seen % SEEN_EVERY == 0:
                            await socket.send(json.dumps({"seen": seen}))
            await asyncio.sleep(AGAIN_S)

    def shown(self, capture: str, began: float, lines: list[dict[str, Any]], offset_ms: int = 0) -> Shown:
        """Returns what was shown of one capture.

        Args:
            capture: uuid.
            began: when its first sample was spoken.
            lines: of the session, as they are stored.
            offset_ms: where in the session the capture begins.
        """
        stored = {line["id"]: line for line in lines if line["capture"] == capture}
        utterances: dict[str, ShownUtterance] = {}
        shown = Shown()
        told: set[str] = set()
        for at, message in self.heard:
            if message.get("capture") != capture:
                continue
            if message["type"] == "caption.draft":
                one = utterances.setdefault(message["id"], ShownUtterance())
                one.drafts.append(ShownDraft(at - began, message["firm"], message["soft"]))
            elif message["type"] == "caption.final" and message["lines"]:
                one = utterances.setdefault(message["id"], ShownUtterance())
                one.at_s = at - began
                for line in message["lines"]:
                    if line["id"] in stored:
                        told.add(line["id"])
                        one.words += _words(stored[line["id"]], offset_ms)
        for name, line in stored.items():
            words = _words(line, offset_ms)
            if words:
                shown.lines.append((words[0].start_ms, words[-1].end_ms, [w.text for w in words]))
            if name not in told:  # it was shown when the page fetched what it had missed
                utterances.setdefault(f"missed {name}", ShownUtterance()).words += words
        shown.utterances = [one for one in utterances.values() if one.words]
        return shown


def _words(line: dict[str, Any], offset_ms: int) -> list[ShownWord]:
    return [
        ShownWord(start - offset_ms, end - offset_ms, text, line["voice"])
        for start, end, text, *_ in line["words"]
    ]
