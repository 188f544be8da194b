"""Calibrates a voice encoder: learns from real speakers under made-up microphones what its cosines are worth.

``python -m tools.calibrate_voices`` writes ``engine/calibration/MODEL.json`` for the built-in encoder. For a pyannote
pipeline's encoder name the pipeline with ``--pyannote``; for any other, an object with ``model_id`` and ``embed``
(:class:`engine.diarization.CropEncoder`) by ``--encoder MODULE:FACTORY``. ``--windows`` calibrates the built-in network
as it came, in whose space the diarizer joins windows. Bars are set, and rates measured, on people whom the curve was
not learnt from.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from engine.calibration import FOLDER, Calibration, file_name
from engine.diarization import CropEncoder
from engine.diarization.pyannote import PyannoteDiarizer
from engine.embedding import VoiceEncoder
from tools.measure.calibrating import Trial, folds, learn, rates, trials, with_bars
from tools.measure.sides import ROOT
from tools.measure.sounds import single_speakers
from tools.measure.voice_bank import Bank, make_bank, meetings, microphones, read_bank, write_bank

DATA = ROOT.parent / "shared" / "data"
HELD_OUT = "librispeech-speakers"
"""The benchmark's people are not learnt from."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Learns, measures and writes a calibration."""
    chosen = _parser().parse_args(arguments)
    encoder = _encoder(chosen)
    people = single_speakers(chosen.data)
    left_out = {p for p in people for folder in chosen.leave_out if _is_in(people[p], chosen.data / folder)}
    left_out |= set(chosen.leave_out)
    bank = _bank({p: paths for p, paths in people.items() if p not in left_out}, encoder, chosen)
    learnt = sorted(set(bank) - left_out)
    if len(learnt) < 15:
        raise SystemExit(f"{chosen.data} holds {len(learnt)} people with enough speech; 15 are needed")
    options = {"directions": chosen.directions, "cohort": chosen.cohort}
    calibration, measured = calibrate(bank, learnt, encoder.model_id, options, chosen.meetings, chosen.seed)
    file = chosen.out or FOLDER / file_name(encoder.model_id)
    told = {
        "made_from": {
            "people": len(learnt),
            "left_out": sorted(chosen.leave_out),
            "microphones": chosen.microphones + 1,
            "meetings": chosen.meetings,
            "seed": chosen.seed,
            **options,
        },
        "measured": measured,
    }
    file.write_text(_as_text({**told, **calibration.to_json()}))
    print(f"{file.name}: {json.dumps(told, indent=2)}")
    return 0


def calibrate(
    bank: Bank, people: Sequence[str], model: str, options: Mapping[str, Any], count: int, seed: int
) -> tuple[Calibration, dict[str, Any]]:
    """Returns a calibration learnt from ``people``, and its rates.

    Bars are set on trials of people whom the calibration of that fold was not learnt from; the curve that is returned
    is then learnt from all of them.
    """
    held_out: list[Trial] = []
    shortly: list[Trial] = []
    for learnt, others in folds(people, seed):
        part = learn(bank, learnt, model, seed=seed, count=count, **options)
        rng = np.random.default_rng(seed + 1)
        held_out += trials(list(meetings(bank, others, count // 2, rng)), part)
        shortly += trials(list(meetings(bank, others, count // 4, rng, short=True)), part)
    whole = learn(bank, people, model, seed=seed, count=count, **options)
    calibration = with_bars(whole, held_out, shortly)
    rng = np.random.default_rng(seed + 2)
    seen = list(trials(list(meetings(bank, people, count, rng)), calibration))
    return calibration, {
        "people_not_learnt_from": _rounded(rates(held_out, calibration)),
        "people_learnt_from": _rounded(rates(seen, calibration)),
    }


def _rounded(found: Any) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(found).items()}


def _bank(people: Mapping[str, list[Path]], encoder: CropEncoder, chosen: argparse.Namespace) -> Bank:
    if chosen.bank and chosen.bank.is_file():
        kept = read_bank(chosen.bank)
        return {person: kept[person] for person in people if person in kept}
    through = microphones(chosen.data / "noise", chosen.microphones, chosen.seed)
    bank = {}
    for person, halves in make_bank(people, through, encoder):
        bank[person] = halves
        print(f"{person}: {halves[0].crops.shape[1]} and {halves[1].crops.shape[1]} crops", flush=True)
    if chosen.bank:
        write_bank(chosen.bank, bank)
    return bank


def _is_in(paths: Sequence[Path], folder: Path) -> bool:
    return any(path.is_relative_to(folder) for path in paths)


def _encoder(chosen: argparse.Namespace) -> CropEncoder:
    if chosen.pyannote:
        return PyannoteDiarizer(chosen.pyannote, chosen.token).voice_encoder()
    if chosen.encoder:
        module, _, factory = chosen.encoder.partition(":")
        made: CropEncoder = getattr(importlib.import_module(module), factory)()
        return made
    return VoiceEncoder(even=not chosen.windows)


def _as_text(data: Mapping[str, Any]) -> str:
    """Returns JSON with a line for each entry, so that a vector is one line."""
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in data.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder of single-speaker recordings")
    parser.add_argument("--out", type=Path, help="the file to write, instead of the engine's own")
    parser.add_argument("--pyannote", metavar="MODEL", help="calibrate a pyannote pipeline's encoder")
    parser.add_argument("--token", help="the hub's access token, for --pyannote")
    parser.add_argument(
        "--windows", action="store_true", help="calibrate the network as it came, for the diarizer"
    )
    parser.add_argument("--encoder", metavar="MODULE:FACTORY", help="calibrate any other encoder")
    parser.add_argument(
        "--leave-out",
        nargs="*",
        default=[HELD_OUT],
        metavar="NAME",
        help=f"people, or folders of people, not to learn from (default: {HELD_OUT}, the benchmark's)",
    )
    parser.add_argument("--bank", type=Path, help="keeps the vectors in this file, and takes them from it")
    parser.add_argument("--microphones", type=int, default=32, help="how many are made up (default: 32)")
    parser.add_argument("--meetings", type=int, default=1200, help="how many are drawn (default: 1200)")
    parser.add_argument("--directions", type=int, default=20, help="of nuisance (default: 20)")
    parser.add_argument("--cohort", type=float, default=4.0, help="see Calibration (default: 4)")
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
