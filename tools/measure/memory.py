"""What the web process and the workers hold in memory while a long recording is sent, processed and read."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tusclient.client import TusClient

from tools.measure.figures import Figure
from tools.measure.installation import Installation
from tools.measure.memory_use import forget_peak, peak_mb, resident_mb
from tools.measure.recording import compose, short
from tools.measure.settings import Settings
from tools.measure.sides import Json

PART_BYTES = 8 << 20
LOOK_EVERY_S = 0.5
RANGE_BYTES = 4 << 20


def figures(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the peaks of the web process and of the workers above their loaded models, and how they grow.

    A quarter of the length goes first: what the whole then takes beyond it is growth with length.
    """
    with Installation(folder / "site", model=settings.nano, workers=2, web=True) as site:
        site.warm_up(short(settings.language), settings.language)
        workers, web = site.pids("worker"), site.pids("web")
        models = {pid: resident_mb(pid) for pid in workers}
        yield Figure("memory.worker_with_models_mb", max(models.values()), "MB")
        peaks = []
        for hours in (settings.hours / 4, settings.hours):
            for pid in (*workers, *web):
                forget_peak(pid)
            audio = compose(folder / "long.flac", hours * 60, language=settings.language)
            outcome, stages = _evening(site, audio, workers)
            peaks.append(max(peak_mb(pid) - models[pid] for pid in workers))
            print(
                f"  {hours:g} h: {outcome['seconds']:.0f} s, {outcome['lines']} lines, {outcome['words']} words"
            )
        yield Figure("memory.web_mb", sum(peak_mb(pid) for pid in web), "MB", at_most=250)
        yield Figure("memory.worker_above_models_mb", peaks[1], "MB", at_most=700)
        yield Figure("memory.growth_mb", peaks[1] - peaks[0], "MB")
        for stage, most in stages.items():
            yield Figure(f"memory.stage.{stage}_mb", most - max(models.values()), "MB")
        yield Figure("memory.hours", settings.hours, "h")


def _evening(site: Installation, audio: Path, workers: list[int]) -> tuple[Json, dict[str, float]]:
    """Sends a recording, reads its page while and after it is processed; returns the outcome and memory by stage."""
    uuid = site.ask("new_session", language="en")["uuid"]
    login: dict[str, str] = site.ask("log_in")["headers"]
    addresses = site.ask("addresses", uuid=uuid)
    client = TusClient(f"http://127.0.0.1:{site.port}{addresses['upload']}", headers=login)
    with audio.open("rb") as file:
        client.uploader(file_stream=file, metadata={"filename": audio.name}, chunk_size=PART_BYTES).upload()
    stages: dict[str, float] = {}
    looks = 0
    while not (state := site.ask("state", uuid=uuid))["ended"]:
        held = max(resident_mb(pid) for pid in workers)
        for stage in state["running"]:
            stages[stage] = max(stages.get(stage, 0.0), held)
        if looks % 20 == 0:
            _read(site.port, addresses["read"][:1], login)
        looks += 1
        time.sleep(LOOK_EVERY_S)
    outcome = site.ask("wait", uuid=uuid)
    _read(site.port, addresses["read"], login)
    return outcome, stages


def _read(port: int, paths: list[str], login: dict[str, str]) -> None:
    """Asks for each path as a browser does, sound by its first and last range."""
    for path in paths:
        for more in ({"Range": f"bytes=0-{RANGE_BYTES - 1}"}, {"Range": f"bytes=-{RANGE_BYTES}"}):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            with suppress(http.client.IncompleteRead):
                connection.request("GET", path, headers={**login, **more})
                answer = connection.getresponse()
                while answer.read(1 << 16):
                    pass
                if answer.status >= http.client.INTERNAL_SERVER_ERROR:
                    raise RuntimeError(f"{path} answered {answer.status}")
            connection.close()
