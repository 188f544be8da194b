"""One round of the short set in a process of its own: ``python -m tools.measure.short_round FOLDER``.

A process of its own, because where things lie in its memory makes a difference that lasts as long as it does. Prints
one JSON object: for each work its repetitions, or what went wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.measure.calibration_loop import repetition
from tools.measure.short_set import WORKS, Maker

REPETITIONS = 2


def round_of(works: dict[str, Maker], folder: Path, repetitions: int) -> dict[str, dict[str, Any]]:
    """Returns ``{"repetitions": [...]}`` or ``{"error": ...}`` for each work."""
    found: dict[str, dict[str, Any]] = {}
    for name, make in works.items():
        try:
            work = make(folder)
            found[name] = {"repetitions": [asdict(repetition(work)) for _ in range(repetitions)]}
        except Exception as error:  # an older revision may lack what a work calls; the others still count
            found[name] = {"error": repr(error)}
    return found


def main(arguments: Iterable[str] | None = None) -> None:
    """Measures the works that are named, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="what lay_out wrote")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS)
    parser.add_argument("--work", action="append", choices=WORKS, help="may be given several times")
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    works = {name: make for name, make in WORKS.items() if not chosen.work or name in chosen.work}
    replies, sys.stdout = sys.stdout, sys.stderr
    found = round_of(works, chosen.folder, chosen.repetitions)
    replies.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
