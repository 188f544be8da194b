"""A PostgreSQL server for the length of a test or a measurement, where its programs are on this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

# How a server that is thrown away may be quick: it need not survive a power cut.
CARELESS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


def programs() -> Path | None:
    """Returns the folder with PostgreSQL's server programs, the newest; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else (Path(on_path).parent if on_path else None)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Runs a server in a folder of its own, and yields the address of its empty database.

    Raises:
        FileNotFoundError: PostgreSQL's server programs are not on this machine.
    """
    bin_dir = programs()
    if bin_dir is None:
        raise FileNotFoundError("PostgreSQL's server programs are not on this machine")
    with TemporaryDirectory(prefix="scribe-postgresql-", ignore_cleanup_errors=True) as folder:
        # The server refuses to run as root.
        user = "nobody" if os.getuid() == 0 else None
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        with _running(Path(folder), bin_dir, user) as address:
            yield address


@contextmanager
def _running(folder: Path, bin_dir: Path, user: str | None) -> Iterator[str]:
    port = _free_port()
    data = folder / "data"

    def call(*command: str) -> None:
        subprocess.run(command, user=user, cwd=folder, check=True, capture_output=True, text=True)

    fresh = ["-U", "scribe", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
    call(str(bin_dir / "initdb"), "-D", str(data), *fresh)
    places = ["listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}"]
    flags = " ".join(f"-c {option}" for option in (*places, *CARELESS))
    call(str(bin_dir / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", flags, "start")
    try:
        yield f"postgres://scribe@127.0.0.1:{port}/postgres"
    finally:
        call(str(bin_dir / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
