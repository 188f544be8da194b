"""A whole installation as ``manage.py up`` runs it, in a folder of its own, whose processes may be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tools.measure.installation import processor_seconds
from tools.measure.memory_use import family, resident_mb
from tools.measure.sides import ROOT, Json, SideProcess

START_S, STOP_S = 120.0, 40.0
COMMANDS = {"captioner": "manage.py captioner", "web": "scribe_site.web_server", "redis": "redis-server"}


class LiveSite:
    """Runs while the block lasts.

    Args:
        folder: where its data lies.
        model: folder of the speech model.
        captures: how many may be open at once.
    """

    def __init__(self, folder: Path, model: Path, *, captures: int = 16) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            "SCRIBE_DATA_DIR": str(folder.resolve()),
            "SCRIBE_ASR_MODEL": str(model.resolve()),
            "SCRIBE_PORT": str(self.port),
            "SCRIBE_HOST": "127.0.0.1",
            "SCRIBE_WORKERS": "1",
            "SCRIBE_CAPTIONERS": "1",
            "SCRIBE_CAPTURES_PER_CAMPAIGN": str(captures),
            "SCRIBE_DISK_RESERVE_MB": "0",
            "SCRIBE_ENV_FILE": "",
            "REDIS_URL": "",
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "scribe_site.settings",
        }
        self._clerk: SideProcess | None = None
        self._asking = threading.Lock()
        self._up: subprocess.Popen[bytes] | None = None
        self.login: dict[str, str] = {}

    def __enter__(self) -> LiveSite:
        try:
            self._clerk = SideProcess(
                "tools.measure.live_clerk", environment=self._environment, log=self.folder / "clerk.log"
            )
            self.ask("set_up", web=True)
            with (self.folder / "up.log").open("ab") as log:
                self._up = subprocess.Popen(
                    [sys.executable, "manage.py", "up"],
                    cwd=ROOT,
                    env={**os.environ, **self._environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            self._wait()
            self.login = self.ask("log_in")["headers"]
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, what: str, **details: Any) -> Json:
        """Returns what the clerk answers; see :mod:`tools.measure.live_clerk`."""
        assert self._clerk is not None, "the installation is not running"
        with self._asking:
            return self._clerk.ask(what, **details)

    def pids(self, name: str) -> list[int]:
        """Returns the processes of the kind ``name``: captioner, web or redis."""
        assert self._up is not None, "the installation is not running"
        found = []
        for pid in family(self._up.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if COMMANDS[name] in command:
                found.append(pid)
        return found

    def kill(self, name: str) -> None:
        """Ends the processes of one kind as a crash does; the supervisor starts them again.

        Raises:
            RuntimeError: there is none.
        """
        pids = self.pids(name)
        if not pids:
            raise RuntimeError(f"there is no {name} to kill")
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def memory_mb(self, name: str) -> float:
        """Returns what the processes of one kind hold now."""
        return sum(resident_mb(pid) for pid in self.pids(name) if Path(f"/proc/{pid}").exists())

    def processor_seconds(self, name: str) -> float:
        """Returns the processor time that the processes of one kind have used so far."""
        return sum(processor_seconds(pid) for pid in self.pids(name))

    def close(self) -> None:
        """Ends everything."""
        if self._clerk is not None:
            self._clerk.close()
            self._clerk = None
        if self._up is not None:
            everything = family(self._up.pid)
            self._up.terminate()
            try:
                self._up.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                for pid in everything:
                    if Path(f"/proc/{pid}").exists():
                        os.kill(pid, signal.SIGKILL)
                self._up.wait()
            self._up = None

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while True:
            assert self._up is not None
            if self._up.poll() is not None or time.monotonic() > deadline:
                words = (self.folder / "up.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"the installation did not start:\n{words}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    if self.pids("captioner"):
                        return
            except OSError:
                pass
            time.sleep(0.2)
