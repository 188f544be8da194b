"""Measures speed, memory and diarization error: ``python tools/benchmark.py [--only PART] [--json FILE]``.

Both sides of a comparison are measured in turn on the same two cores, with the same model, audio and beam. Each part
lives in a module of :mod:`tools.measure` and yields figures; their keys are those of the JSON.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import comparison
from tools.measure import batch, captures, clips, der, hour, memory, page, search, short
from tools.measure.figures import Figure, write_json
from tools.measure.grown_model import SIZES
from tools.measure.settings import Settings

Part = Callable[[Settings, Path], Iterator[Figure]]

PARTS: dict[str, Part] = {
    "page": page.figures,
    "der": der.figures,
    "batch": batch.figures,
    "memory": memory.figures,
    "clips": clips.figures,
    "convert": hour.convert,
    "detect": hour.find,
    "transcribe": hour.transcribe,
    "diarize": hour.diarize,
    "captures": captures.figures,
    "search": search.figures,
    "short": short.figures,
}
CORES = 2


def main(arguments: list[str] | None = None) -> int:
    """Runs the chosen parts, prints each figure as it comes, and returns 1 if a target was missed."""
    chosen = _parser().parse_args(arguments)
    if chosen.compare:
        return _compare(*chosen.compare)
    settings = Settings(
        model=chosen.model,
        size=chosen.size,
        minutes=chosen.minutes,
        rounds=chosen.rounds,
        hours=chosen.hours,
        stage_minutes=chosen.stage_minutes,
    )
    _keep_to_cores(CORES)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process that was started is ended
    found: list[Figure] = []
    for name in chosen.only or PARTS:
        print(f"{name} (load {os.getloadavg()[0]:.1f})", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="scribe-benchmark-") as folder:
            for figure in PARTS[name](settings, Path(folder)):
                print(figure.line(), flush=True)
                found.append(figure)
        print(f"  {time.monotonic() - began:.0f} s\n", flush=True)
        if chosen.json:
            write_json(chosen.json, found)
    return int(any(figure.reached is False for figure in found))


def _compare(old: Path, new: Path) -> int:
    """Prints what changed; returns 1 if something got slower, 2 if that can't be told."""
    try:
        lines, slower = comparison.report(old, new)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    print("\n".join(lines))
    return int(slower)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="a part to run; may be given several times"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as one flat object")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a real faster-whisper model for the batch part"
    )
    parser.add_argument(
        "--size",
        choices=("nano", *SIZES),
        default="tiny",
        help="without --model: the bundled nano model as it is, or grown to the size of a real one",
    )
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="length of the recording of the batch part"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=3,
        help="how often each side of the batch part and each stage is measured; to compare stages, at least 5",
    )
    parser.add_argument("--hours", type=float, default=4.0, help="length of the recording of the memory part")
    parser.add_argument(
        "--stage-minutes",
        type=float,
        default=60.0,
        help="length of the recording of convert, detect, transcribe and diarize",
    )
    parser.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("OLD", "NEW"),
        help="tell what changed between two JSON files; fails where a repeated figure got slower",
    )
    return parser


def _keep_to_cores(count: int) -> None:
    """Keeps this process and all that it starts to ``count`` cores, so that a larger machine measures the same."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


if __name__ == "__main__":
    sys.exit(main())
