"""Profiles a whole Run of the engine: ``python tools/profiler.py --input FILE --output FILE.prof``.

The profile is cProfile's and opens in ``snakeviz FILE.prof`` or ``python -m pstats FILE.prof``. The terminal gets the
time of each stage and the functions that took most by themselves. Measuring costs time of its own, most of all where
small functions are called often: what a stage really takes is told by ``python -m tools.benchmark``.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.errors import EngineError
from tools.measure.watched_run import Watch, add_arguments, run


def main(arguments: list[str] | None = None) -> int:
    """Profiles the recording named by ``arguments``, writes the profile and prints two tables."""
    chosen = _parser().parse_args(arguments)
    watch, profile = Watch(), cProfile.Profile()
    try:
        with profile:
            transcript = run(
                chosen.input, watch, language=chosen.language, model=chosen.model, threads=chosen.threads
            )
    except EngineError as error:
        sys.stderr.write(f"error: {error.message}\n")
        return 1
    profile.dump_stats(chosen.output)
    print(f"{len(transcript.lines)} lines of {transcript.duration_ms / 1000:.0f} s of sound\n")
    print("\n".join(stage_table(watch, transcript.duration_ms / 1000)))
    print(f"\nThe {chosen.top} functions that took most by themselves:\n")
    print("\n".join(own_time(pstats.Stats(profile), chosen.top)))
    print(f"\n{chosen.output} is written; look at it with: snakeviz {chosen.output}")
    return 0


def stage_table(watch: Watch, sound_s: float) -> Iterator[str]:
    """Yields a line for each stage: its seconds, its share, and how many times faster than the sound it was."""
    taken = watch.seconds()
    whole = sum(taken.values())
    yield f"{'stage':<14}{'seconds':>9}{'share':>8}{'real time':>11}"
    for name, seconds in (*taken.items(), ("all", whole)):
        speed = f"{sound_s / seconds:,.0f} x" if seconds else ""
        yield f"{name:<14}{seconds:>9.2f}{seconds / whole:>8.1%}{speed:>11}"


def own_time(stats: pstats.Stats, count: int) -> Iterator[str]:
    """Yields a line for each of the ``count`` functions that took most time by themselves."""
    timings: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = stats.stats  # type: ignore[attr-defined]
    yield f"{'own s':>8}{'with calls':>12}{'calls':>12}  function"
    for (file, line, name), (_, calls, own, whole, _callers) in sorted(
        timings.items(), key=lambda item: -item[1][2]
    )[:count]:
        place = name if file == "~" else f"{name} ({_short(file)}:{line})"
        yield f"{own:>8.3f}{whole:>12.3f}{calls:>12}  {place}"


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-2:])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE.prof", help="where the profile goes"
    )
    parser.add_argument(
        "--top", type=int, default=15, metavar="N", help="functions in the table (%(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
