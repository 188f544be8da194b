"""Looks at a file in a process of its own: what it crashes, stalls or bloats is not the web process."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError, MediaRefused
from engine.told import Told
from scribe_site.config import BASE_DIR

TIMEOUT_S = 120
CPU_S = 60
MEMORY_BYTES = 4 << 30
"""Address space, of which FFmpeg's threads reserve much and use little."""
_ENDING = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a recording needs to know of its file; see :class:`engine.media.MediaInfo`."""

    container: str
    codec: str
    duration_ms: int | None
    warnings: tuple[Told, ...]


def file_ending(name: str) -> str:
    """Returns the extension of ``name`` in small letters, or nothing where it is none that a file system surely takes.

    >>> file_ending("Evening 3.M4A"), file_ending("from/../the.evening before")
    ('.m4a', '')
    """
    suffix = Path(name).suffix.lower()
    return suffix if _ENDING.fullmatch(suffix) else ""


def inspect(path: Path, name: str) -> Findings:
    """Says what the file at ``path`` is, by its content.

    Args:
        path: the file.
        name: what it was called where it came from; an extension that lies gives a warning.

    Raises:
        MediaRefused: it is nothing that Scribe opens.
    """
    command = [sys.executable, "-m", "sessions_app.uploads.inspection", str(path), file_ending(name)]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_S, cwd=BASE_DIR, check=False
        )
    except subprocess.TimeoutExpired:
        raise MediaRefused("The file takes too long to open. It may be damaged.") from None
    if run.returncode != 0:
        raise MediaRefused(
            "The file could not be opened. It may be damaged.",
            detail=f"exit {run.returncode}\n{run.stderr[-2000:]}",
        )
    answer = json.loads(run.stdout)
    if "refused" in answer:
        raise MediaRefused(Told.from_json(answer["refused"]), detail=answer["detail"])
    return Findings(
        answer["container"],
        answer["codec"],
        answer["duration_ms"],
        tuple(map(Told.from_json, answer["warnings"])),
    )


def _main(path: Path, suffix: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    from engine.media import probe  # here, so that the web process does without FFmpeg

    answer: dict[str, object]
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / f"recording{suffix}"
        named.symlink_to(path.resolve())
        try:
            info = probe(named)
            answer = {
                "container": info.container,
                "codec": info.codec,
                "duration_ms": info.duration_ms,
                "warnings": [warning.to_json() for warning in info.warnings],
            }
        except EngineError as error:
            answer = {"refused": error.message.to_json(), "detail": error.detail}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
