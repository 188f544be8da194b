"""How long a recording takes from queued to stored, against faster-whisper by itself on the same model and audio."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tools.measure.figures import Figure, ratio
from tools.measure.installation import Installation
from tools.measure.recording import compose, short
from tools.measure.rounds import Effort, Side, in_turn
from tools.measure.settings import Settings
from tools.measure.sides import Json, SideProcess

CORES = 2
COMPUTE_TYPE = "int8"
"""What Scribe computes with on a processor, whatever the model's folder was converted to."""


def figures(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the ratios of the batch pass; models are loaded and warm on both sides before anything is timed."""
    model = settings.speech_model(folder)
    audio = compose(folder / "batch.flac", settings.minutes, language=settings.language)
    counts: dict[str, Json] = {}
    with ExitStack() as stack:
        installations = {
            name: stack.enter_context(
                Installation(folder / name.replace(" ", "-"), model=model, workers=workers, threads=threads)
            )
            for name, workers, threads in (
                ("one worker", 1, CORES),
                ("all workers", CORES, 1),
                ("single thread", 1, 1),
            )
        }
        for installation in installations.values():
            installation.warm_up(short(settings.language), settings.language)
        reference = stack.enter_context(_reference(model, folder))
        asked = {"language": settings.language, "beam_size": settings.beam_size}
        for what in ("sequential", "batched"):
            reference.ask(what, audio=str(short(settings.language)), words=True, **asked)
        sides: dict[str, Side] = {
            "sequential": _theirs(reference, "sequential", counts, audio=str(audio), words=True, **asked),
            "without words": _theirs(reference, "sequential", counts, audio=str(audio), words=False, **asked),
            "batched": _theirs(reference, "batched", counts, audio=str(audio), words=True, **asked),
        }
        for name, installation in installations.items():
            sides[name] = _ours(installation, name, counts, audio=str(audio), language=settings.language)
        efforts = in_turn(sides, settings.rounds)
    yield from _ratios(efforts)
    for name in installations:
        yield from _stages(name.replace(" ", "_"), counts[name])
    yield Figure("batch.words", counts["one worker"]["words"])
    yield Figure("batch.sequential_words", counts["sequential"]["words"])
    yield Figure("batch.batched_words", counts["batched"]["words"])
    yield Figure("batch.audio_minutes", settings.minutes, "min")


def _ratios(efforts: dict[str, list[Effort]]) -> Iterator[Figure]:
    clock = {name: [effort.seconds for effort in passes] for name, passes in efforts.items()}
    work = {name: [effort.processor_seconds for effort in passes] for name, passes in efforts.items()}
    one, every, single = "one worker", "all workers", "single thread"
    yield ratio("batch.sequential_ratio", clock[one], clock["sequential"], at_most=1.10)
    yield ratio("batch.batched_ratio", clock[every], clock["batched"], at_most=0.85)
    yield ratio("batch.second_worker_speedup", clock[single], clock[every], at_least=1.7)
    yield ratio("batch.sequential_without_words_ratio", clock[one], clock["without words"])
    yield ratio("batch.sequential_processor_ratio", work[one], work["sequential"])
    yield ratio("batch.batched_processor_ratio", work[every], work["batched"])


def _stages(side: str, outcome: Json) -> Iterator[Figure]:
    """Yields the seconds of each stage in the last round."""
    for name, seconds in outcome["stages"].items():
        yield Figure(f"batch.{side}.{name}_s", seconds, "s")


def _reference(model: Path, folder: Path) -> SideProcess:
    return SideProcess(
        "tools.measure.reference",
        "--model",
        str(model),
        "--threads",
        str(CORES),
        "--compute-type",
        COMPUTE_TYPE,
        environment={"OMP_NUM_THREADS": str(CORES)},
        log=folder / "reference.log",
    )


def _theirs(reference: SideProcess, what: str, counts: dict[str, Json], **asked: Any) -> Side:
    def run() -> Effort:
        counts[what] = reference.ask(what, **asked)
        return Effort(counts[what]["seconds"], counts[what]["processor_seconds"])

    return run


def _ours(installation: Installation, name: str, counts: dict[str, Json], **asked: Any) -> Side:
    def run() -> Effort:
        used = installation.worker_seconds()
        counts[name] = installation.ask("process", **asked)
        return Effort(counts[name]["seconds"], installation.worker_seconds() - used)

    return run
