"""Measures whether people who were named once are recognised in later sessions, made out of real voices.

Six sessions are composed of single-speaker recordings: the same people in each, other utterances, another microphone,
room, codec and noise each time, visitors in two of them and somebody missing from two. The real chain runs on each:
speech detection, the built-in diarizer, identification. The first session is named once, from the truth; nothing that
is matched later adds to what is known of anybody.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.calibration import calibration_for, read
from engine.diarization import Diarizer, SpeakerCount
from engine.diarization.builtin import BuiltinDiarizer
from engine.identity import Band, FindCalibration
from engine.separation import equal_error_rate
from engine.vad import detect
from tools.measure.evenings import Evening, Material, six_evenings
from tools.measure.figures import Figure, write_json
from tools.measure.naming import Heard, Named, name_session, people_named
from tools.measure.sides import ROOT

DATA = ROOT.parent / "shared" / "data"
GUESTS = 1
"""The bound on voices is the party's size and a guest, as in the product."""

LAYOUT = """\
The folder must hold librispeech-speakers/ (the group: sound files, anywhere below it, whose names start with the
speaker, up to the first hyphen; at least two people with two recordings each; of more than six, six are drawn). It may
hold librispeech-many/ (visitors, likewise) and noise/ (rir*.wav: impulse responses of rooms, noise*.wav: noises). Rooms
and noises that are missing are made up; without visitors none come.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints a table, writes the JSON; returns 1 if a target is missed."""
    chosen = _parser().parse_args(arguments)
    find = calibration_in(chosen.calibration) if chosen.calibration else calibration_for
    found: list[Named] = []
    for seed in range(chosen.seed, chosen.seed + chosen.rounds):
        found += _round(chosen.data, seed, find, chosen.unbounded)
    figures = list(_figures(found))
    print()
    for figure in figures:
        print(figure.line())
    for line in _beside(found):
        print(line)
    if chosen.json:
        write_json(chosen.json, figures)
    return 1 if any(figure.reached is False for figure in figures) else 0


def calibration_in(file: Path) -> FindCalibration:
    """Returns a way to find one calibration only, that of ``file``."""
    calibration = read(file)
    return {calibration.model: calibration}.get


def _round(data: Path, seed: int, find: FindCalibration, unbounded: bool) -> Iterator[Named]:
    """Yields what came of the later sessions of one round, and prints it."""
    material = Material(data, seed)
    diarizer = BuiltinDiarizer()
    bound = SpeakerCount(max=None if unbounded else len(material.group) + GUESTS)
    first, *later = six_evenings(material, seed)
    print(f"round {seed}: {', '.join(material.group)}")
    named = _hear(diarizer, first, bound)
    people = people_named(named)
    print(f"  {first.name}: {len(named.diarization.voices)} voices; named {', '.join(people)}")
    for evening in later:
        heard = _hear(diarizer, evening, bound)
        result = name_session(heard, people, find)
        seconds = evening.audio.duration_ms // 1000
        print(
            f"  {evening.name}: {seconds} s, {len(heard.diarization.voices)} voices,"
            f" {evening.reused} recordings heard in an earlier session;"
            f" right {result.right_ms / result.spoken_ms:.1%}, wrong {result.wrong_ms / result.spoken_ms:.1%},"
            f" {_bands(result)}",
            flush=True,
        )
        yield result


def _hear(diarizer: Diarizer, evening: Evening, bound: SpeakerCount) -> Heard:
    return Heard(evening, diarizer.diarize(evening.audio, detect(evening.audio), bound))


def _bands(result: Named) -> str:
    counts = {band: sum(match.band is band for match in result.matches) for band in Band}
    return ", ".join(f"{count} {band}" for band, count in counts.items() if count)


def _figures(found: Sequence[Named]) -> Iterator[Figure]:
    spoken = sum(one.spoken_ms for one in found)
    same = [score for one in found for score in one.same]
    different = [score for one in found for score in one.different]
    yield Figure("voices.right_share", sum(one.right_ms for one in found) / spoken, at_least=0.95)
    yield Figure("voices.wrong_share", sum(one.wrong_ms for one in found) / spoken, at_most=0.01)
    yield Figure("voices.visitor_named", sum(one.visitor_named for one in found), at_most=0)
    yield Figure("voices.eer", equal_error_rate(same, different))


def _beside(found: Sequence[Named]) -> Iterator[str]:
    """Yields how much of the error is the diarizer's."""
    spoken = sum(one.spoken_ms for one in found)
    best, worst, edges, asked, missed = (
        sum(values) / spoken
        for values in zip(
            *((one.best_ms, one.worst_ms, one.edges_ms, one.asked_ms, one.missed_ms) for one in found),
            strict=True,
        )
    )
    yield f"  with every voice named as whom it mostly is: right {best:.1%}, wrong {worst:.1%}"
    yield f"  of the wrong share, pieces of less than half a second beside a change of speaker: {edges:.1%}"
    yield f"  speech in which the diarizer heard nobody: {missed:.1%}"
    yield f"  right, but only suggested: {asked:.1%}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog=LAYOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the figures here, as one flat object"
    )
    parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER", help="of recordings; see below")
    parser.add_argument(
        "--rounds", type=int, default=3, help="times six sessions, each drawn anew (default: 3)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--calibration", type=Path, metavar="FILE", help="instead of the engine's own")
    parser.add_argument("--unbounded", action="store_true", help="tell the diarizer no number of voices")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
