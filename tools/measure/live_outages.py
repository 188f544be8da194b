"""What is lost through outages, each in mid-sentence: lost connections, a reload, and the kill of each process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.clock import SAMPLE_RATE
from tools.measure.figures import Figure
from tools.measure.live_audio import Evening, evening
from tools.measure.live_client import Follower, Sending
from tools.measure.live_figures import losses
from tools.measure.live_settings import LiveSettings
from tools.measure.live_shown import ShownWord
from tools.measure.live_site import LiveSite
from tools.measure.live_system import QUIET, batches, caught_up, shown_of
from tools.measure.live_wire import Wire

FIRST_AT_S = 20.0
"""The first outage comes about so long after the beginning."""
BETWEEN_S = 35.0
"""The kills come about so far apart."""
AFTER_S = 25.0
"""So much is recorded behind the last outage."""
RELOAD_S = 2.0


@dataclass(frozen=True, slots=True)
class _Left:
    """What one capture lost."""

    name: str
    samples: int
    words: int
    turns: int
    doubled: int
    catch_up_s: float
    counted: int
    heard: int


def figures(settings: LiveSettings, folder: Path) -> Iterator[Figure]:
    """Yields what was lost and doubled through each outage, and in all."""
    long = _evening(settings, FIRST_AT_S + 90 + AFTER_S)
    short = _evening(settings, FIRST_AT_S + 2 * BETWEEN_S + AFTER_S)
    batch = batches(settings, [long, short])
    left: list[_Left] = []
    with LiveSite(folder / "site", settings.model) as site:
        left += asyncio.run(_connections(site, long, batch[0], folder))
        left.append(asyncio.run(_kills(site, short, batch[1], folder)))
    for one in left:
        yield Figure(f"live.{one.name}.samples_lost", one.samples)
        yield Figure(f"live.{one.name}.words_lost", one.words)
        yield Figure(f"live.{one.name}.turns_lost", one.turns)
        yield Figure(f"live.{one.name}.lines_doubled", one.doubled)
        yield Figure(f"live.{one.name}.catch_up_s", one.catch_up_s, "s")
        yield Figure(f"live.{one.name}.turns_counted", one.counted)
        yield Figure(f"live.{one.name}.words_of_batch", one.heard)
    yield Figure("live.samples_lost", sum(one.samples for one in left), at_most=0)
    yield Figure("live.words_lost", sum(one.words for one in left), at_most=0)
    yield Figure("live.lines_doubled", sum(one.doubled for one in left), at_most=0)
    print("  not measured here: kill -9 of the browser (tests/browser drives a real one)")


def _evening(settings: LiveSettings, seconds: float) -> Evening:
    return evening(seconds / 60, settings.language, settings.audio)


def mid_sentence(truth: Evening, around_s: float) -> float:
    """Returns the middle of the turn that is nearest to a time; the time itself where the truth is not known."""
    middles = [(turn[0].start_ms + turn[-1].end_ms) / 2000 for turn in truth.turns]
    return min(middles, key=lambda middle: abs(middle - around_s), default=around_s)


async def _connections(site: LiveSite, truth: Evening, batch: list[ShownWord], folder: Path) -> list[_Left]:
    """Breaks three connections at once: for 10 s, for 90 s without a word, and as a reload does."""
    at_s = mid_sentence(truth, FIRST_AT_S)

    async def cut(sending: Sending, wire: Wire) -> None:
        await _until(sending, at_s)
        wire.cut()
        await asyncio.sleep(10)
        wire.mend()

    async def dead(sending: Sending, wire: Wire) -> None:
        await _until(sending, at_s)
        wire.deaden()
        await asyncio.sleep(90)
        wire.mend()

    async def nothing(sending: Sending, wire: Wire) -> None:
        pass

    return list(
        await asyncio.gather(
            _through(site, truth, batch, folder / "cut", "outage_10s", cut),
            _through(site, truth, batch, folder / "dead", "outage_90s", dead),
            _through(site, truth, batch, folder / "reload", "reload", nothing, reload_at_s=at_s),
        )
    )


async def _kills(site: LiveSite, truth: Evening, batch: list[ShownWord], folder: Path) -> _Left:
    async def kill(sending: Sending, wire: Wire) -> None:
        for number, name in enumerate(("captioner", "web", "redis")):
            await _until(sending, mid_sentence(truth, FIRST_AT_S + number * BETWEEN_S))
            await asyncio.to_thread(site.kill, name)

    return await _through(site, truth, batch, folder / "kills", "kills", kill)


async def _through(
    site: LiveSite,
    truth: Evening,
    batch: list[ShownWord],
    folder: Path,
    name: str,
    disturb: Callable[[Sending, Wire], Awaitable[None]],
    *,
    reload_at_s: float | None = None,
) -> _Left:
    """Records an evening through a disturbance and returns what came of it."""
    session = site.ask("new_session", language=truth.language)["uuid"]
    samples = np.concatenate((truth.samples, QUIET))
    async with Wire(site.port) as wire, Follower(site, session) as follower:
        sending = Sending(site, session, samples, folder, url=wire.url)
        disturbing = asyncio.ensure_future(disturb(sending, wire))
        running = asyncio.create_task(sending.run())
        if reload_at_s is not None:
            await _until(sending, reload_at_s)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await asyncio.sleep(RELOAD_S)
            sending.reload()
            running = asyncio.create_task(sending.run())
        await running
        await disturbing
        seconds = await caught_up(site, sending)
        shown = shown_of(site, session, follower, sending)
    recorded = _without(truth, sending.gaps)
    loss = losses(shown, batch, recorded)
    return _Left(
        name,
        sending.samples_lost(site),
        loss.words,
        loss.turns,
        loss.doubled,
        seconds,
        len(recorded.turns),
        loss.heard,
    )


def _without(truth: Evening, gaps: list[tuple[int, int]]) -> Evening:
    """Leaves out turns of which a part was not recorded."""
    kept = [
        turn
        for turn in truth.turns
        if not any(
            turn[0].start_ms < end * 1000 / SAMPLE_RATE and first * 1000 / SAMPLE_RATE < turn[-1].end_ms
            for first, end in gaps
        )
    ]
    return replace(truth, turns=tuple(kept))


async def _until(sending: Sending, second: float) -> None:
    """Waits until the capture is so many seconds old."""
    while sending.tape.began is None:
        await asyncio.sleep(0.02)
    await asyncio.sleep(max(0.0, sending.tape.began + second - time.monotonic()))
