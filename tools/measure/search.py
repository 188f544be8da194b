"""How soon a search over a hundred long sessions has its first results, on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from tools.measure.figures import Figure
from tools.measure.settings import Settings
from tools.measure.sides import ROOT
from tools.postgresql_server import postgresql_server, programs

SESSIONS, LINES = 100, 6_000
MOST_MS = 100.0


def figures(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the 95th percentile of the time to the first results, the median, and what indexing anew takes."""
    yield from _measured("sqlite", folder, "")
    if programs() is None:
        print(
            "  PostgreSQL's server programs are not on this machine: search.postgresql_p95_ms is not measured"
        )
        return
    with ExitStack() as stack:
        yield from _measured("postgresql", folder, stack.enter_context(postgresql_server()))


def _measured(name: str, folder: Path, address: str) -> Iterator[Figure]:
    data = folder / name
    data.mkdir(parents=True)
    environment = {
        "SCRIBE_DATA_DIR": str(data),
        "SCRIBE_ENV_FILE": "",
        "DATABASE_URL": address,
        "REDIS_URL": "",
    }
    command = [sys.executable, "-m", "tools.measure.searcher", str(SESSIONS), str(LINES)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    times = [ms for of_kind in found["ms"].values() for ms in of_kind]
    yield Figure(f"search.{name}_p95_ms", quantiles(times, n=20)[-1], "ms", at_most=MOST_MS)
    for kind, of_kind in found["ms"].items():
        yield Figure(f"search.{name}.{kind}_ms", median(of_kind), "ms")
    yield Figure(f"search.{name}.reindex_s", found["reindex_s"], "s")
