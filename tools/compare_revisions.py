"""Tells whether the working tree is slower than an earlier revision: ``python -m tools.compare_revisions REVISION``.

Both are measured on this machine in turn, round by round, with the works, inputs and tools of the working tree, so that
what disturbs one round disturbs both sides of a pair. Returns 1 where something got slower beyond the noise
(:mod:`tools.comparison`), 2 where that can't be told.
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import comparison
from tools.measure import short
from tools.measure.figures import write_json
from tools.measure.short import Round
from tools.measure.short_set import WORKS, lay_out
from tools.measure.sides import ROOT

OURS = ("tools", "tests/fixtures")
"""What both sides take from the working tree."""

Measure = Callable[[Path, Path], Round]


def main(arguments: list[str] | None = None) -> int:
    """Measures both sides, prints the comparison and returns its verdict as an exit code."""
    chosen = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="scribe-compare-") as name:
        folder = Path(name)
        try:
            earlier = unpack(chosen.revision, folder / "earlier")
            (folder / "inputs").mkdir()
            lay_out(folder / "inputs")
            before, now = in_turn(earlier, ROOT, folder / "inputs", chosen.rounds)
            old, new = chosen.old or folder / "old.json", chosen.new or folder / "new.json"
            for path, rounds in ((old, before), (new, now)):
                write_json(path, short.summed_up(rounds))
            lines, slower = comparison.report(old, new)
        except (short.WorkFailed, subprocess.CalledProcessError, ValueError) as error:
            sys.stderr.write(f"error: {error}\n")
            return 2
    print("\n".join(lines))
    broken = [told for name in WORKS if (told := short.failure(now, name))]
    print("".join(f"error: {told}\n" for told in broken), end="", file=sys.stderr)
    return 1 if slower else 2 * bool(broken)


def unpack(revision: str, folder: Path, repository: Path = ROOT) -> Path:
    """Writes the files of ``revision`` to ``folder``, with tools and inputs of the working tree; returns it.

    Raises:
        CalledProcessError: there is no such revision.
    """
    packed = subprocess.run(
        ["git", "archive", "--format=tar", revision], cwd=repository, check=True, stdout=subprocess.PIPE
    )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    for part in OURS:
        shutil.rmtree(folder / part, ignore_errors=True)
        shutil.copytree(repository / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def in_turn(
    earlier: Path, now: Path, inputs: Path, rounds: int, measure: Measure = short.one_round
) -> tuple[list[Round], list[Round]]:
    """Returns the rounds of both trees; the order turns round each time, so that neither is always the second."""
    found: dict[Path, list[Round]] = {earlier: [], now: []}
    for number in range(rounds):
        for tree in (earlier, now) if number % 2 == 0 else (now, earlier):
            found[tree].append(measure(tree, inputs))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return found[earlier], found[now]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("revision", help="a commit, branch or tag, such as origin/main or HEAD~3")
    parser.add_argument("--rounds", type=int, default=short.ROUNDS, help="of each side (%(default)s)")
    parser.add_argument("--old", type=Path, metavar="FILE", help="keep the earlier revision's figures")
    parser.add_argument("--new", type=Path, metavar="FILE", help="keep the working tree's figures")
    return parser


if __name__ == "__main__":
    sys.exit(main())
