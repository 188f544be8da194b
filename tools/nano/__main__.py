"""`python -m tools.nano` makes a model, the fixture recordings and the demo recordings; run in the repository root.

The new model never replaces the bundled one by itself: measure it, then copy it.

Examples:
    python -m tools.nano                       everything, hours on two cores
    python -m tools.nano --only recordings     only speak the scripts, seconds
    python -m tools.nano --only model --minutes 30 --out var/nano/model
    python -m tools.nano --only figures        measure the bundled model
"""

import argparse
from pathlib import Path

from tools.nano.corpus import make_corpus
from tools.nano.evaluation import report
from tools.nano.export import export
from tools.nano.recordings import make_recordings
from tools.nano.training import MINUTES, WORKERS, Plan, train

_ROOT = Path(__file__).resolve().parents[2]
_WORK = _ROOT / "var" / "nano"
_BUNDLED = _ROOT / "engine" / "models" / "nano"


def main() -> None:
    """Make what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.nano", description=__doc__.split(";")[0])
    parser.add_argument("--only", choices=("recordings", "model", "figures"))
    parser.add_argument("--minutes", type=float, default=MINUTES, help="time for training")
    parser.add_argument("--sentences", type=int, default=20_000, help="size of the corpus")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes on the CPU")
    parser.add_argument("--work", type=Path, default=_WORK, help="corpus and checkpoints")
    parser.add_argument("--out", type=Path, default=_WORK / "model", help="folder of the new model")
    parser.add_argument("--measure", type=Path, default=_BUNDLED, help="folder of the measured model")
    chosen = parser.parse_args()
    if chosen.only in (None, "recordings"):
        for path in make_recordings(_ROOT):
            print(path.relative_to(_ROOT))
    if chosen.only in (None, "model"):
        if not (chosen.work / "utterances.json").exists():
            make_corpus(chosen.work, chosen.sentences, chosen.workers)
        train(Plan(minutes=chosen.minutes, workers=chosen.workers), chosen.work)
        export(chosen.work / "checkpoint.pt", chosen.out)
    if chosen.only in (None, "figures"):
        for line in report(chosen.measure if chosen.only else chosen.out, _ROOT):
            print(line, flush=True)


if __name__ == "__main__":
    main()
