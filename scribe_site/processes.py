"""Which processes one machine runs, and the supervisor's configuration that keeps them alive."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from scribe_site.certificate import CertificateFiles
from scribe_site.config import BASE_DIR, Config
from scribe_site.redis_server import server_command

_TOGETHER = 500
"""The priority of what starts and stops together: all but what the rest depends on."""


LITTLE_MEMORY = {"MALLOC_ARENA_MAX": "2"}
"""The C library keeps memory apart for each thread and gives little of it back; with two places for all threads, four
hours of recording take a worker 12 MB more than one hour, instead of 50."""


@dataclass(frozen=True, slots=True)
class Process:
    """One supervised program.

    Attributes:
        name: how it is called in logs.
        command: its command line.
        count: how many of it run.
        priority: lower starts earlier and stops later.
        to_console: whether its output goes to the terminal rather than to its log file.
        once: whether it runs to its end instead of being restarted.
    """

    name: str
    command: list[str]
    count: int = 1
    priority: int = _TOGETHER
    to_console: bool = False
    once: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def worker_threads(config: Config) -> int:
    """Returns how many threads each worker computes with: as configured, or the cores shared between the workers.

    >>> worker_threads(Config(worker_threads=3, workers=2))
    3
    """
    return config.worker_threads or max(1, (os.cpu_count() or 1) // config.workers)


def captioner_threads(config: Config) -> int:
    """Returns how many threads each captioner computes with: all cores, shared between the captioners.

    The cores are not left to the workers: captions are wanted while people speak, and a Run can wait.
    """
    return max(1, (os.cpu_count() or 1) // max(1, config.captioners))


def processes(config: Config) -> list[Process]:
    """Returns what ``manage.py up`` runs for ``config``."""
    python = sys.executable
    manage = [python, str(BASE_DIR / "manage.py")]
    address = ["-b", config.host, "-p", str(config.port), *_https(config)]
    running = [
        Process(
            "web",
            [
                python,
                "-m",
                "scribe_site.web_server",
                *address,
                "--http-timeout",
                "300",
                "--no-server-name",
                "scribe_site.asgi:application",
            ],
            environment=LITTLE_MEMORY,
        ),
        Process(
            "worker",
            [*manage, "worker"],
            count=config.workers,
            environment={"OMP_NUM_THREADS": str(worker_threads(config)), **LITTLE_MEMORY},
        ),
        *(
            [
                Process(
                    "captioner",
                    [*manage, "captioner"],
                    count=config.captioners,
                    environment={"OMP_NUM_THREADS": str(captioner_threads(config)), **LITTLE_MEMORY},
                )
            ]
            if config.captioners
            else []
        ),
        Process("reconcile", [*manage, "reconcile"]),
        Process(
            "announce",
            [python, "-m", "scribe_site.announce", config.host, str(config.port)],
            priority=900,
            to_console=True,
            once=True,
        ),
    ]
    if config.embedded_redis:
        running.insert(0, Process("redis", server_command(config.data_dir), priority=100))
    return running


def certificate_files(config: Config) -> CertificateFiles:
    """Returns where the certificate of the HTTPS port lies; ``manage.py up`` makes it."""
    return CertificateFiles.in_folder(config.data_dir.resolve() / "tls")


def _https(config: Config) -> list[str]:
    """Returns daphne's arguments for a second port behind HTTPS, where one is configured."""
    if not config.https_port:
        return []
    files = certificate_files(config)
    values = {"privateKey": files.key, "certKey": files.certificate, "interface": config.host}
    settings = [f"{name}={str(value).replace(':', chr(92) + ':')}" for name, value in values.items()]
    return ["-e", ":".join(("ssl", str(config.https_port), *settings))]


def supervisor_config(config: Config, running: list[Process]) -> str:
    """Returns the text of ``supervisord.conf`` for the processes in ``running``."""
    logs = config.data_dir.resolve() / "logs"
    sections = [
        "\n".join(
            (
                "[supervisord]",
                "nodaemon=true",
                "silent=true",
                f"directory={_escape(str(BASE_DIR))}",
                f"logfile={_escape(str(logs / 'supervisor.log'))}",
                f"pidfile={_escape(str(config.data_dir.resolve() / 'supervisor.pid'))}",
                f"childlogdir={_escape(str(logs))}",
            )
        )
    ]
    sections += [_program(process, logs) for process in running]
    together = [process.name for process in running if process.priority == _TOGETHER]
    # Supervisor stops one group after another and waits for each; a program of its own would be a group of its own.
    sections.append(f"[group:scribe]\nprograms={','.join(together)}\npriority={_TOGETHER}")
    return "\n\n".join(sections) + "\n"


def _program(process: Process, logs: Path) -> str:
    output = "/dev/fd/1" if process.to_console else str(logs / f"{process.name}.log")
    lines = [
        f"[program:{process.name}]",
        f"command={_escape(' '.join(_quote(part) for part in process.command))}",
        f"process_name={'%(program_name)s-%(process_num)s' if process.count > 1 else '%(program_name)s'}",
        f"numprocs={process.count}",
        f"priority={process.priority}",
        f"autorestart={'false' if process.once else 'true'}",
        f"startsecs={0 if process.once else 1}",
        "startretries=1000000",
        "stopwaitsecs=10",
        "stopasgroup=true",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_escape(output)}",
        f"stdout_logfile_maxbytes={0 if process.to_console else '10MB'}",
    ]
    if process.environment:
        pairs = ",".join(f'{name}="{_escape(value)}"' for name, value in process.environment.items())
        lines.append(f"environment={pairs}")
    return "\n".join(lines)


def _escape(value: str) -> str:
    return value.replace("%", "%%")


def _quote(part: str) -> str:
    escaped = part.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
