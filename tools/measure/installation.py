"""Our side: a whole installation of Scribe in a folder of its own, made of the processes that ``manage.py up`` runs."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from scribe_site.config import Config
from scribe_site.processes import processes
from tools.measure.memory_use import family
from tools.measure.sides import ROOT, Json, SideProcess

PATIENCE_S = 60.0


class Installation:
    """Starts Redis, workers, the reconciler and, if asked, the web process; ends them all at the end of the block.

    Args:
        folder: where its data lies; made if absent.
        model: folder of the speech model.
        workers: worker processes.
        threads: threads of each; 0 shares the cores as a default installation does.
        web: whether the web process runs too.
    """

    def __init__(
        self, folder: Path, *, model: Path, workers: int, threads: int = 0, web: bool = False
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        self.port = _free_port()
        settings: dict[str, Any] = {
            "data_dir": folder.resolve(),
            "asr_model": str(model.resolve()),
            "workers": workers,
            "worker_threads": threads,
            "port": self.port,
        }
        self._config = Config(_env_file=None, database_url="", redis_url="", **settings)
        self._environment = {
            **{f"SCRIBE_{name.upper()}": str(value) for name, value in settings.items()},
            "SCRIBE_ENV_FILE": "",
            "REDIS_URL": "",
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "scribe_site.settings",
        }
        self._folder, self._web = folder, web
        self._running: dict[str, list[subprocess.Popen[bytes]]] = {}
        self._clerk: SideProcess | None = None

    def __enter__(self) -> Installation:
        self._clerk = SideProcess(
            "tools.measure.clerk", environment=self._environment, log=self._folder / "logs" / "clerk.log"
        )
        try:
            self.ask("set_up", web=self._web)
            wanted = {"redis", "worker", "reconcile"} | ({"web"} if self._web else set())
            for process in processes(self._config):
                if process.name in wanted:
                    log = self._folder / "logs" / f"{process.name}.log"
                    self._running[process.name] = [
                        _start(process.command, {**self._environment, **process.environment}, log)
                        for _ in range(process.count)
                    ]
            if self._web:
                self._wait_for_web()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, what: str, **details: Any) -> Json:
        """Returns what the clerk answers; see :mod:`tools.measure.clerk`."""
        assert self._clerk is not None, "the installation is not running"
        return self._clerk.ask(what, **details)

    def warm_up(self, audio: Path, language: str) -> None:
        """Processes a short recording until every worker has transcribed and diarized: its models are then loaded."""
        self.ask("warm_up", audio=str(audio), language=language, workers=len(self._running["worker"]))

    def pids(self, name: str) -> list[int]:
        """Returns the ids of the processes called ``name`` and of all that they started."""
        return [pid for process in self._running[name] for pid in family(process.pid)]

    def worker_seconds(self) -> float:
        """Returns the processor time that the workers have used so far."""
        return sum(processor_seconds(pid) for pid in self.pids("worker"))

    def close(self) -> None:
        """Ends every process, the first started last."""
        if self._clerk is not None:
            self._clerk.close()
        everything = [process for started in self._running.values() for process in started]
        for process in reversed(everything):
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with socket.create_connection((self._config.host, self.port), timeout=1):
                    return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def _start(command: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processor_seconds(pid: int) -> float:
    """Returns the processor time that the process, and children that it has waited for, have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
