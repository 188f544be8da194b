"""Tells what memory a Run of the engine takes: ``python tools/memory_profiler.py --input FILE --output FILE.html``.

The terminal gets the peak of each stage: what Python and native code had allocated, and what the process held of the
machine's memory. The HTML is memray's flame graph of what was allocated at the highest peak of all; ``--keep`` leaves
memray's own record beside it, for its other reports (``python -m memray --help``).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import memray

from engine.errors import EngineError
from tools.measure.watched_run import Passage, Watch, add_arguments, run

LOOK_EVERY_MS = 5
MB = 1e6


@dataclass(frozen=True, slots=True)
class Held:
    """What the process held at one moment.

    Attributes:
        at: seconds since the epoch.
        allocated: bytes that were allocated and not freed.
        resident: bytes of the machine's memory.
    """

    at: float
    allocated: int
    resident: int


@dataclass(frozen=True, slots=True)
class Peak:
    """The most that was held during one stage, in bytes."""

    stage: str
    allocated: int
    resident: int


def main(arguments: list[str] | None = None) -> int:
    """Profiles the recording named by ``arguments``, prints the table and writes the flame graph."""
    chosen = _parser().parse_args(arguments)
    watch = Watch()
    with tempfile.TemporaryDirectory(prefix="scribe-memory-") as folder:
        record = chosen.output.with_suffix(".bin") if chosen.keep else Path(folder) / "memory.bin"
        record.unlink(missing_ok=True)
        try:
            with memray.Tracker(record, native_traces=chosen.native, memory_interval_ms=LOOK_EVERY_MS):
                run(chosen.input, watch, language=chosen.language, model=chosen.model, threads=chosen.threads)
        except EngineError as error:
            sys.stderr.write(f"error: {error.message}\n")
            return 1
        with memray.FileReader(record) as reader:
            held = [Held(look.time / 1000, look.heap, look.rss) for look in reader.get_memory_snapshots()]
            most = reader.metadata.peak_memory
        print("\n".join(peak_table(peaks(watch.passages, held), most)))
        _draw(record, chosen.output)
    print(f"\n{chosen.output} is written; open it in a browser")
    return 0


def peaks(passages: Sequence[Passage], held: Sequence[Held]) -> list[Peak]:
    """Returns the most that was held during each stage, in the order in which the stages first ended.

    A stage too short to be looked at counts with the look before it and the look after it.

    Raises:
        ValueError: nobody looked.
    """
    if not held:
        raise ValueError("there is no record of what the process held")
    found: dict[str, Peak] = {}
    for passage in passages:
        seen = [one for one in held if passage.began <= one.at <= passage.ended] or [
            max((one for one in held if one.at <= passage.ended), key=lambda one: one.at, default=held[0]),
            min((one for one in held if one.at >= passage.began), key=lambda one: one.at, default=held[-1]),
        ]
        before = found.get(passage.stage, Peak(passage.stage, 0, 0))
        found[passage.stage] = Peak(
            passage.stage,
            max(before.allocated, *(one.allocated for one in seen)),
            max(before.resident, *(one.resident for one in seen)),
        )
    return list(found.values())


def peak_table(found: Sequence[Peak], most: int) -> Iterator[str]:
    """Yields a line for each stage, and one for ``most``: the highest peak, as memray counted it by allocation."""
    yield f"{'stage':<14}{'allocated MB':>14}{'resident MB':>14}"
    for peak in found:
        yield f"{peak.stage:<14}{peak.allocated / MB:>14.1f}{peak.resident / MB:>14.1f}"
    yield f"{'all':<14}{most / MB:>14.1f}{max(peak.resident for peak in found) / MB:>14.1f}"


def _draw(record: Path, page: Path) -> None:
    command = [sys.executable, "-m", "memray", "flamegraph", "--force", "--output", str(page), str(record)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE.html", help="where the flame graph goes"
    )
    parser.add_argument("--keep", action="store_true", help="keep memray's record as FILE.bin")
    parser.add_argument(
        "--native", action="store_true", help="follow native code too; slower, and shows libraries inside"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
