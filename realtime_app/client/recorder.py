"""Records a source onto a tape while an uplink sends it, at the pace that was asked for."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator

from engine.clock import SAMPLE_RATE
from realtime_app.client.sources import Block, Lost, Source
from realtime_app.client.tape import Int16, Tape
from realtime_app.client.uplink import Uplink

PIECE = 2_400
"""A file is played in pieces of so many samples, as the browser's recorder sends them."""
MOST_AHEAD = 120 * SAMPLE_RATE
"""A file that is sent as fast as can be waits when so much is not held."""
LOOK_S = 0.05


class Recorder:
    """One capture from its source to its end.

    Args:
        source: what is recorded.
        tape: where it is kept.
        uplink: sends the tape.
        speed: how much faster than the world a file is played; infinite: as fast as the server takes it.
        clock: in seconds.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from unittest.mock import Mock
    >>> from realtime_app.client.sources import RecordedFile
    >>> async def run():
    ...     while not tape.is_complete:
    ...         await asyncio.sleep(0.01)
    ...     return "finished"
    >>> source = RecordedFile(Path("tests/fixtures/audio/en_5s.flac"))
    >>> uplink = Mock(run=run, most_samples=None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tape = Tape(Path(folder))
    ...     asyncio.run(Recorder(source, tape, uplink, speed=math.inf).run()), tape.next
    ('finished', 80000)
    """

    def __init__(
        self,
        source: Source,
        tape: Tape,
        uplink: Uplink,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._tape, self._uplink = source, tape, uplink
        self._speed, self._clock = speed, clock
        self._stopped = asyncio.Event()

    async def run(self) -> str:
        """Records and sends until all is with the server; returns how the capture ended.

        Raises:
            Barred: the server does not take it.
            EngineError, OSError, NoDevice: the source fails; what was recorded was sent, and the capture stays open.
        """
        sending = asyncio.create_task(self._uplink.run())
        recording = asyncio.create_task(self._record())
        try:
            await asyncio.wait((sending, recording), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                return sending.result()
            if recording.exception() is not None:
                await self._all_held(sending)
                raise recording.exception() or AssertionError
            self._tape.is_complete = True
            self._uplink.more()
            return await sending
        finally:
            self._source.stop()
            for task in (recording, sending):
                task.cancel()
            await asyncio.gather(recording, sending, return_exceptions=True)

    def stop(self) -> None:
        """Ends the recording; what was recorded is still sent."""
        self._stopped.set()
        self._source.stop()

    async def _record(self) -> None:
        blocks = iter(self._source.blocks())
        began, first = self._clock(), self._tape.next
        while (block := await asyncio.to_thread(_next, blocks)) is not None:
            if isinstance(block, Lost):
                self._tape.skip(self._tape.next + block.samples, "lost")
                self._uplink.more()
            elif self._source.is_live or math.isinf(self._speed):
                await self._add(block)
            else:
                for start in range(0, len(block), PIECE):
                    await self._add(block[start : start + PIECE])
                    due_s = began + (self._tape.next - first) / SAMPLE_RATE / self._speed
                    if await self._is_stopped_within(due_s - self._clock()):
                        return
            if self._stopped.is_set() and not self._source.is_live:
                return

    async def _add(self, samples: Int16) -> None:
        while math.isinf(self._speed) and not self._source.is_live and self._tape.unsent > MOST_AHEAD:
            if await self._is_stopped_within(LOOK_S):
                return
        if self._uplink.most_samples is not None:
            samples = samples[: max(0, self._uplink.most_samples - self._tape.next)]
            if not len(samples):
                self.stop()  # the longest capture there may be
                return
        self._tape.add(samples)
        self._uplink.more()

    async def _is_stopped_within(self, seconds: float) -> bool:
        if seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self._stopped.wait()
            except TimeoutError:
                pass
        return self._stopped.is_set()

    async def _all_held(self, sending: asyncio.Task[str]) -> None:
        while self._tape.unsent and not sending.done():
            await asyncio.sleep(LOOK_S)


def _next(blocks: Iterator[Block]) -> Block | None:
    return next(blocks, None)
