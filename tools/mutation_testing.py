"""Tells whether the tests notice broken code: ``python -m tools.mutation_testing [MODULE ...]``.

cosmic-ray changes one operator, number or keyword of a module at a time, in a copy of the engine, and runs that
module's tests. What they do not notice is printed as a diff, so that somebody can add a test, or say why not.
"""

from __future__ import annotations

import argparse
import ast
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

ROOT = Path(__file__).resolve().parent.parent
Place = tuple[int, int]
LEAST_KILLED = 0.85
TIMEOUT_S = 60
SUBJECTS = {
    "engine/clock.py": ["tests/engine/test_clock.py"],
    "engine/chunking.py": ["tests/engine/test_chunking.py"],
    "engine/alignment.py": ["tests/engine/test_alignment.py"],
    "engine/turn_index.py": ["tests/engine/test_turn_index.py"],
    "engine/identity.py": ["tests/engine/test_identity.py"],
    "engine/live/agreement.py": ["tests/engine/live/test_agreement.py"],
    "engine/retiming.py": ["tests/engine/test_retiming.py"],
    "engine/carrying.py": ["tests/engine/test_carrying.py"],
}
"""The engine's pure modules, each with the tests that are to notice what is wrong with it."""

SAME_FOR_VALUES = ("_Eq_Is", "_NotEq_IsNot", "_Is_Eq", "_IsNot_NotEq")
"""Operators that put identity in the place of equality: the same for whatever Python keeps once, as it does numbers."""

# Neither Django nor the fixtures of the whole suite: these tests need none, and start in a second without them.
PYTEST = (
    "-m pytest -x -q --noconftest -c /dev/null --rootdir ."
    " -p no:django -p no:randomly -p no:xdist -p no:cacheprovider"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a module's mutants.

    Attributes:
        killed: how many the tests noticed.
        survivors: the changes that they did not, as diffs.
    """

    killed: int
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of all mutants, those that were noticed; 1 where there are none."""
        total = self.killed + len(self.survivors)
        return self.killed / total if total else 1.0


def main(arguments: list[str] | None = None) -> int:
    """Mutates the modules, prints what survived, and returns 1 where the tests of one notice too little."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help=f"of {', '.join(SUBJECTS)}; all if none is named"
    )
    chosen = parser.parse_args(arguments).modules or list(SUBJECTS)
    unknown = [module for module in chosen if module not in SUBJECTS]
    if unknown:
        parser.error(f"no tests are named for {', '.join(unknown)}")
    outcomes = {}
    with tempfile.TemporaryDirectory(prefix="scribe-mutants-") as folder:
        copied(Path(folder))
        for module in chosen:
            outcomes[module] = mutated(module, SUBJECTS[module], Path(folder))
            for diff in outcomes[module].survivors:
                print(diff, flush=True)
    for module, outcome in outcomes.items():
        total = outcome.killed + len(outcome.survivors)
        print(f"{module:<28} {outcome.killed:>4} of {total:<4} killed  {outcome.share:.0%}")
    return int(any(outcome.share < LEAST_KILLED for outcome in outcomes.values()))


def copied(folder: Path) -> None:
    """Copies what the tests of pure modules need: a mutant must never stand in the working tree."""
    for part in ("engine", "tests"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "nano", "fixtures")
        )


def mutated(module: str, tests: list[str], folder: Path) -> Outcome:
    """Runs ``tests`` against every mutant of ``module``.

    Args:
        module: path of the module, from the root.
        tests: paths of its tests.
        folder: a copy of the engine and its tests.

    Raises:
        RuntimeError: the tests fail without any mutation.
    """
    command = f"{sys.executable} {PYTEST} {' '.join(tests)}"
    sound = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True)
    if sound.returncode:
        raise RuntimeError(f"the tests of {module} fail as it is:\n{sound.stdout}{sound.stderr}")
    name = Path(module).stem
    config, session = folder / f"{name}.toml", folder / f"{name}.sqlite"
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = {TIMEOUT_S}.0\nexcluded-modules = []\n'
        f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n'
    )
    cosmic_ray = [sys.executable, "-m", "cosmic_ray.cli"]
    subprocess.run(
        [*cosmic_ray, "init", str(config), str(session)], cwd=folder, check=True, capture_output=True
    )
    _skip_what_changes_nothing(session, folder / module)
    subprocess.run(
        [*cosmic_ray, "exec", str(config), str(session)], cwd=folder, check=True, capture_output=True
    )
    return _outcome(session)


def annotated(source: str) -> list[tuple[Place, Place]]:
    """Returns where type annotations begin and end, as (line, column); nothing runs them.

    >>> annotated("def double(number: int) -> int: ...")
    [((1, 27), (1, 30)), ((1, 19), (1, 22))]
    """
    nodes = list(ast.walk(ast.parse(source)))
    found = [getattr(node, field, None) for node in nodes for field in ("annotation", "returns")]
    return [
        ((each.lineno, each.col_offset), (each.end_lineno or each.lineno, each.end_col_offset or 0))
        for each in found
        if isinstance(each, ast.expr)
    ]


def _skip_what_changes_nothing(session: Path, module: Path) -> None:
    spans = annotated(module.read_text())
    with use_db(str(session), WorkDB.Mode.open) as database:
        for item in database.work_items:
            (mutation,) = item.mutations
            in_annotation = any(
                start <= mutation.start_pos and mutation.end_pos <= end for start, end in spans
            )
            if in_annotation or mutation.operator_name.endswith(SAME_FOR_VALUES):
                database.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


def _outcome(session: Path) -> Outcome:
    with use_db(str(session), WorkDB.Mode.open) as database:
        results = [result for _job, result in database.results]
    results = [result for result in results if result.worker_outcome is not WorkerOutcome.SKIPPED]
    survivors = [result for result in results if result.test_outcome is TestOutcome.SURVIVED]
    return Outcome(len(results) - len(survivors), tuple(result.diff or "" for result in survivors))


if __name__ == "__main__":
    sys.exit(main())
