"""Measures live captions: ``python tools/live_benchmark.py [--only PART] [--json FILE]``.

Parts, each a module of :mod:`tools.measure`:

- ``delays``: the engine alone, paced at real time on a clock that skips waiting: one, two and four captures at once;
- ``noise``: lines from sound in which nobody speaks;
- ``baselines``: beside whisper_streaming's policy and a plain loop, on the same model and sound;
- ``system``: an installation of its own, from a client's socket to a follower's: delays, one and two captures at once;
- ``outages``: lost connections, and ``kill -9`` of the captioner, the web process and Redis, each in mid-sentence;
- ``captures``: many captures that send at once;
- ``growth``: of delays and memory, over ``--hour`` minutes at real time.

A word's delay is counted from its end in the sound, by the truth beside the recording; that of a line from the end of
its last word. Losses are counted by utterance of the truth, against the same model's batch pass over the same sound, so
that the model's own errors do not count.
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

from tools.measure import live_baselines, live_delays, live_outages, live_system
from tools.measure.figures import Figure, write_json
from tools.measure.live_settings import LiveSettings
from tools.measure.settings import NANO

Part = Callable[[LiveSettings, Path], Iterator[Figure]]

PARTS: dict[str, Part] = {
    "delays": live_delays.figures,
    "noise": live_delays.noise,
    "baselines": live_baselines.figures,
    "system": live_system.figures,
    "outages": live_outages.figures,
    "captures": live_system.many,
    "growth": live_system.growth,
}
CORES = 2


def main(arguments: list[str] | None = None) -> int:
    """Runs the chosen parts, prints each figure as it comes, and returns 1 if a target was missed."""
    chosen = _parser().parse_args(arguments)
    settings = LiveSettings(
        model=chosen.model,
        audio=tuple(chosen.audio),
        language=chosen.language,
        minutes=chosen.minutes,
        hour=chosen.hour,
        captures=chosen.captures,
    )
    _keep_to_cores(CORES)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every process that was started is ended
    found: list[Figure] = []
    for name in chosen.only or PARTS:
        print(f"{name} (load {os.getloadavg()[0]:.1f})", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="scribe-live-", ignore_cleanup_errors=True) as folder:
            for figure in PARTS[name](settings, Path(folder)):
                print(figure.line(), flush=True)
                found.append(figure)
        found.append(Figure(f"live.load.{name}", os.getloadavg()[0]))
        print(f"  {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}\n", flush=True)
        if chosen.json:
            write_json(chosen.json, found)
    return int(any(figure.reached is False for figure in found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="a part to run; may be given several times"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as one flat object")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", default=NANO, help="a faster-whisper model; else the bundled one"
    )
    parser.add_argument(
        "--audio",
        type=Path,
        nargs="+",
        default=(),
        metavar="FILE",
        help="recordings; the truth of x.wav is read from x.json beside it, in the form of the fixtures'",
    )
    parser.add_argument("--language", choices=("en", "nl"), default="en")
    parser.add_argument("--minutes", type=float, default=4.0, help="of sound in most parts (%(default)s)")
    parser.add_argument("--hour", type=float, default=60.0, help="minutes of the growth part (%(default)s)")
    parser.add_argument("--captures", type=int, default=40, help="that send at once (%(default)s)")
    return parser


def _keep_to_cores(count: int) -> None:
    """Keeps this process and all that it starts to ``count`` cores, so that a larger machine measures the same."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


if __name__ == "__main__":
    sys.exit(main())
