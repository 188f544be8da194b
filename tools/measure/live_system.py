"""The whole way, from a client's socket to a follower's: delays, many captures at once, and growth over an hour."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.clock import SAMPLE_RATE
from tools.measure.figures import Figure
from tools.measure.live_audio import Evening, evening
from tools.measure.live_client import Follower, Sending
from tools.measure.live_engine import LoadedModels
from tools.measure.live_figures import (
    Delays,
    delay_figures,
    delays,
    losses,
    percentile,
    slope_per_hour,
    wrong_speakers,
)
from tools.measure.live_settings import LiveSettings
from tools.measure.live_shown import Shown, ShownWord
from tools.measure.live_site import LiveSite

AT_ONCE = (1, 2, 4)
WORST_OF = 2
"""With so many captures at once nothing may be slower than the target."""
QUIET = np.zeros(3 * SAMPLE_RATE, np.int16)
"""Behind each evening, so that its last words become lines."""
CATCH_UP_S = 120.0
PROCESSED_S = 300.0
SHORT_MINUTES = 0.4
LOOK_EVERY_S = 10.0
WARM_SHARE = 0.2
"""Of an hour: what comes before is not counted as growth."""
MANY_S = 30.0
ACKNOWLEDGED_S = 1.0


@dataclass(slots=True)
class Outcome:
    """What came of captures that ran at once."""

    delays: Delays = field(default_factory=Delays)
    waits: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    samples_lost: int = 0
    words_lost: int = 0
    doubled: int = 0
    fewer: int = 0


def figures(settings: LiveSettings, folder: Path) -> Iterator[Figure]:
    """Yields delays, losses and wrong speakers of one, two and four captures at once, and what a stop makes of one."""
    evenings = [evening(settings.minutes, settings.language, settings.audio, n) for n in range(max(AT_ONCE))]
    batch = batches(settings, evenings)
    worst_s = 0.0
    with LiveSite(folder / "site", settings.model) as site:
        asyncio.run(_warm_up(site, settings, folder))
        for count in AT_ONCE:
            outcome = asyncio.run(_at_once(site, evenings[:count], batch[:count], folder / str(count)))
            prefix = "live" if count == 1 else f"live.{count}_at_once"
            yield from _outcome_figures(prefix, outcome, count)
            if count <= WORST_OF:
                worst_s = max(worst_s, outcome.delays.worst_s)
        yield Figure("live.worst_s", worst_s, "s", at_most=5.0)
        yield Figure("live.recording_samples_lost", asyncio.run(_stopped(site, settings, folder)), at_most=0)
    yield Figure("live.minutes", settings.minutes, "min")


def _outcome_figures(prefix: str, outcome: Outcome, count: int) -> Iterator[Figure]:
    for figure in delay_figures(prefix, outcome.delays, targets=count == 1):
        if figure.key != "live.worst_s":  # that of one capture and of two is told once
            yield figure
    if outcome.shares:
        yield Figure(f"{prefix}.wrong_speaker_share", sum(outcome.shares) / len(outcome.shares))
    yield Figure(f"{prefix}.undisturbed.samples_lost", outcome.samples_lost, at_most=0)
    yield Figure(f"{prefix}.undisturbed.words_lost", outcome.words_lost, at_most=0)
    yield Figure(f"{prefix}.undisturbed.lines_doubled", outcome.doubled, at_most=0)
    yield Figure(f"{prefix}.undisturbed.words_fewer_than_batch", outcome.fewer)
    yield Figure(f"{prefix}.acknowledged_p95_s", percentile(outcome.waits, 95), "s")


def batches(settings: LiveSettings, evenings: Sequence[Evening]) -> list[list[ShownWord]]:
    """Returns what the batch pass hears of each evening; made before anything is timed."""
    models = LoadedModels(settings.model, settings.threads)
    return [models.batch(one) if one.turns else [] for one in evenings]


async def _at_once(
    site: LiveSite, evenings: Sequence[Evening], batch: Sequence[list[ShownWord]], folder: Path
) -> Outcome:
    outcome = Outcome()

    async def one(number: int, truth: Evening, whole: list[ShownWord]) -> None:
        session = site.ask("new_session", language=truth.language)["uuid"]
        async with Follower(site, session) as follower:
            sending = Sending(site, session, np.concatenate((truth.samples, QUIET)), folder / str(number))
            await sending.run()
            await caught_up(site, sending)
            shown = shown_of(site, session, follower, sending)
        outcome.delays.add(delays(shown, truth))
        outcome.waits += [wait for _, wait in sending.tape.waits]
        share = wrong_speakers(shown, truth)
        outcome.shares += [] if share is None else [share]
        outcome.samples_lost += sending.samples_lost(site)
        loss = losses(shown, whole, truth)
        outcome.words_lost += loss.words
        outcome.doubled += loss.doubled
        outcome.fewer += loss.words_fewer

    folder.mkdir(parents=True, exist_ok=True)
    await asyncio.gather(*(one(n, *pair) for n, pair in enumerate(zip(evenings, batch, strict=True))))
    return outcome


async def caught_up(site: LiveSite, sending: Sending) -> float:
    """Waits until all that is held has become lines; returns how many seconds it took, at most CATCH_UP_S."""
    began = time.monotonic()
    while time.monotonic() - began < CATCH_UP_S:
        state = await asyncio.to_thread(site.ask, "capture", uuid=sending.capture)
        if state["captioned_to"] >= state["held"] - len(QUIET):
            break
        await asyncio.sleep(0.5)
    return time.monotonic() - began


def shown_of(site: LiveSite, session: str, follower: Follower, sending: Sending) -> Shown:
    """Returns what a follower saw of the capture."""
    assert sending.tape.began is not None
    lines = site.ask("lines", uuid=session)["lines"]
    return follower.shown(sending.capture, sending.tape.began, lines)


async def _warm_up(site: LiveSite, settings: LiveSettings, folder: Path) -> None:
    """Captions a little, so that the models are loaded."""
    truth = evening(SHORT_MINUTES, settings.language, settings.audio)
    session = site.ask("new_session", language=truth.language)["uuid"]
    sending = Sending(site, session, np.concatenate((truth.samples, QUIET)), folder / "warm")
    await sending.run()
    await caught_up(site, sending)


async def _stopped(site: LiveSite, settings: LiveSettings, folder: Path) -> int:
    """Stops a capture and returns how many samples its recording lacks once it is processed."""
    truth = evening(SHORT_MINUTES, settings.language, settings.audio)
    session = site.ask("new_session", language=truth.language)["uuid"]
    sending = Sending(site, session, truth.samples, folder / "stopped", hold_open=False)
    await sending.run()
    deadline = time.monotonic() + PROCESSED_S
    while not (await asyncio.to_thread(site.ask, "is_processed", uuid=session))["ended"]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the capture was stopped and is no recording after {PROCESSED_S:g} s")
        await asyncio.sleep(0.5)
    return sending.samples_lost(site)


def many(settings: LiveSettings, folder: Path) -> Iterator[Figure]:
    """Yields how many captures that send at once lose nothing, and how long acknowledgements take.

    What was recorded while a capture was being begun waits for that as well, and is told apart.
    """
    truth = evening(2.0, settings.language, settings.audio)
    with LiveSite(folder / "site", settings.model, captures=settings.captures) as site:
        used = {name: site.processor_seconds(name) for name in ("web", "captioner")}
        own, began = time.process_time(), time.monotonic()
        held, waits, begun, lost = asyncio.run(_many(site, truth, settings.captures, folder))
        seconds = time.monotonic() - began
        shares = {name: (site.processor_seconds(name) - before) / seconds for name, before in used.items()}
        shares["clients"] = (time.process_time() - own) / seconds
        web_mb = site.memory_mb("web")
    yield Figure("live.captures_held", held, at_least=settings.captures)
    yield Figure("live.captures_samples_lost", lost, at_most=0)
    yield Figure("live.acknowledged_median_s", percentile(waits, 50), "s")
    yield Figure("live.acknowledged_p95_s", percentile(waits, 95), "s")
    yield Figure("live.acknowledged_max_s", max(waits, default=0.0), "s", at_most=ACKNOWLEDGED_S)
    yield Figure("live.captures_begun_max_s", max(begun, default=0.0), "s")
    yield Figure("live.captures_web_mb", web_mb, "MB")
    for name, share in shares.items():
        yield Figure(f"live.captures_{name}_processors", share)
    yield Figure("live.captures_seconds", MANY_S, "s")


async def _many(
    site: LiveSite, truth: Evening, count: int, folder: Path
) -> tuple[int, list[float], list[float], int]:
    length = round(MANY_S * SAMPLE_RATE)
    starts = [n * (len(truth.samples) - length) // max(1, count) for n in range(count)]
    session = site.ask("new_session", language=truth.language)["uuid"]
    all_sending = [
        Sending(site, session, truth.samples[start : start + length], folder / f"{n}")
        for n, start in enumerate(starts)
    ]

    async def one(number: int, sending: Sending) -> None:
        await asyncio.sleep(number * 0.05)  # people do not press at the same moment
        await sending.run()

    await asyncio.gather(*(one(n, sending) for n, sending in enumerate(all_sending)))
    held, lost, waits, begun = 0, 0, list[float](), list[float]()
    for sending in all_sending:
        opened, began = sending.tape.opened, sending.tape.began
        assert opened is not None
        assert began is not None
        missing = sending.samples_lost(site)
        steady = [wait for recorded, wait in sending.tape.waits if recorded >= opened]
        held += missing == 0 and max(steady) < ACKNOWLEDGED_S
        lost += missing
        waits += steady
        begun.append(opened - began)
    return held, waits, begun, lost


def growth(settings: LiveSettings, folder: Path) -> Iterator[Figure]:
    """Yields how delays and memory grow in an hour, by the line that fits what was measured at real time."""
    truth = evening(settings.hour, settings.language, settings.audio)
    with LiveSite(folder / "site", settings.model) as site:
        asyncio.run(_warm_up(site, settings, folder))
        at, memory, found = asyncio.run(_hour(site, truth, folder))
    first = at[-1] * WARM_SHARE if at else 0.0
    late = [n for n, moment in enumerate(at) if moment >= first]
    for name in ("captioner", "web"):
        values = [memory[name][n] for n in late]
        yield Figure(f"live.{name}_growth_mb_per_hour", slope_per_hour([at[n] for n in late], values), "MB")
    total = [memory["captioner"][n] + memory["web"][n] for n in late]
    yield Figure("live.memory_growth_mb_per_hour", slope_per_hour([at[n] for n in late], total), "MB")
    yield Figure("live.delay_growth_s_per_hour", slope_per_hour(found.at, found.final), "s")
    yield from delay_figures("live.hour", found, targets=False)
    yield Figure("live.growth_measured_minutes", settings.hour, "min")


async def _hour(
    site: LiveSite, truth: Evening, folder: Path
) -> tuple[list[float], dict[str, list[float]], Delays]:
    session = site.ask("new_session", language=truth.language)["uuid"]
    at: list[float] = []
    memory: dict[str, list[float]] = {"captioner": [], "web": []}
    async with Follower(site, session) as follower:
        sending = Sending(site, session, np.concatenate((truth.samples, QUIET)), folder / "hour")
        began = time.monotonic()
        running = asyncio.create_task(sending.run())
        while not running.done():
            await asyncio.wait((running,), timeout=LOOK_EVERY_S)
            at.append(time.monotonic() - began)
            for name, values in memory.items():
                values.append(site.memory_mb(name))
        await running
        await caught_up(site, sending)
        found = delays(shown_of(site, session, follower, sending), truth)
    return at, memory, found
