"""The short set: under a minute, repeated in several processes, for comparing two revisions (``--compare``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.measure.figures import Figure, middle, repeated
from tools.measure.settings import Settings
from tools.measure.short_set import WORKS, lay_out
from tools.measure.sides import ROOT

ROUNDS = 5
Round = Mapping[str, Mapping[str, Any]]

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class WorkFailed(Exception):
    """A work of the short set could not be done; the message says which and why."""


def figures(_settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the time of each work beside the loop, that of the processor alone, and its milliseconds.

    Raises:
        WorkFailed: one of them could not be done.
    """
    lay_out(folder)
    rounds = [one_round(ROOT, folder) for _ in range(ROUNDS)]
    for name in WORKS:
        if told := failure(rounds, name):
            raise WorkFailed(told)
    yield from summed_up(rounds)


def one_round(tree: Path, folder: Path) -> Round:
    """Returns what a new process measured with the code in ``tree``.

    Raises:
        WorkFailed: the process could not even begin.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tools.measure.short_round", str(folder)],
        cwd=tree,
        env={**os.environ, **_ONE_THREAD, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WorkFailed(done.stderr[-2000:])
    found: Round = json.loads(done.stdout.splitlines()[-1])
    return found


def summed_up(rounds: list[Round]) -> Iterator[Figure]:
    """Yields the figures of the works that every round could do."""
    for name in rounds[0]:
        if failure(rounds, name):
            continue
        found = [one for each in rounds for one in each[name]["repetitions"]]
        yield repeated(f"short.{name}", [one["clock"] for one in found])
        yield middle(f"short.{name}.processor", [one["processor"] for one in found], "x")
        yield Figure(f"short.{name}.ms", min(one["seconds"] for one in found) * 1000, "ms")


def failure(rounds: list[Round], name: str) -> str:
    """Returns what went wrong with a work in any round; nothing if all went well."""
    for each in rounds:
        if name not in each:
            return f"{name}: it was not measured"
        if "error" in each[name]:
            return f"{name}: {each[name]['error']}"
    return ""
