"""An installation of its own in a temporary folder: real database, real Redis, real processes, to be killed at will."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scribe_site.config import BASE_DIR
from scribe_site.redis_server import server_command, socket_path


class Installation:
    """Starts processes of the product on a data directory of their own, and looks into its database."""

    def __init__(self, data_dir: Path, database: Path | None = None) -> None:
        self.data_dir = data_dir
        if database is not None:
            shutil.copyfile(database, data_dir / "scribe.sqlite3")
        self.log = data_dir / "fake.log"
        self.log.touch()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "scribe_site.settings",
            "SCRIBE_DATA_DIR": str(data_dir),
            "SCRIBE_ENV_FILE": "",
            "SCRIBE_ASR_MODEL": "nano",
            "OMP_NUM_THREADS": "1",
            "FAKE_LOG": str(self.log),
        }

    def start(self, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        with (self.data_dir / "output.log").open("ab") as output:
            process = subprocess.Popen(
                command, cwd=BASE_DIR, env=self._environment | environment, stdout=output, stderr=output
            )
        self._processes.append(process)
        return process

    def start_redis(self) -> subprocess.Popen[bytes]:
        process = self.start(server_command(self.data_dir))
        self.wait(lambda: socket_path(self.data_dir).exists(), "Redis to listen")
        return process

    def start_worker(self, how: str = "slow", **environment: str) -> subprocess.Popen[bytes]:
        return self.start([sys.executable, "-m", "tests.sessions_app.fake_worker"], FAKE=how, **environment)

    def start_reconcile(self) -> subprocess.Popen[bytes]:
        return self.start([sys.executable, "manage.py", "reconcile"])

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                self.kill(process)

    def python(self, code: str) -> str:
        program = "import django; django.setup()\n" + textwrap.dedent(code)
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=BASE_DIR,
            env=self._environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def make_run(self, recording: str = "en_30s.flac", sessions: int = 1) -> None:
        """Starts one Run for each of so many new sessions."""
        self.python(f"""
            from sessions_app.models import Campaign, Session
            from sessions_app.runs import start_run
            from tests.sessions_app.runs.recordings import add_recording
            campaign = Campaign.objects.create(name="The Sunken Keep")
            for number in range(1, {sessions} + 1):
                session = Session.objects.create(campaign=campaign, number=number, language="en")
                add_recording(session, "{recording}")
                start_run(session, None)
        """)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.data_dir / "scribe.sqlite3", timeout=30) as database:
            return database.execute(query).fetchall()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def count(self, what: str) -> int:
        """Returns how many chunks a worker noted as begun or ended."""
        return sum(line.startswith(what) for line in self.log.read_text().splitlines())

    def wait(self, condition: Callable[[], object], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                output = (self.data_dir / "output.log").read_text()[-6000:]
                tasks = self.rows("select stage_id, part, state, worker, attempts from sessions_app_task")
                raise AssertionError(f"waited {seconds} s for {what}\n{tasks}\n{output}")
            time.sleep(0.05)

    def wait_for_end(self, seconds: float = 60) -> None:
        active = "select count(*) from sessions_app_run where state in ('waiting', 'running')"
        self.wait(lambda: self.one(active) == 0, "the Runs to end", seconds)


def make_database(data_dir: Path) -> Path:
    """Returns an empty database with all tables."""
    program = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
    Installation(data_dir).python(program + "; from django.db import connection; connection.close()")
    return data_dir / "scribe.sqlite3"
