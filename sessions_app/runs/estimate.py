"""How long a Run still takes: from the pace it shows itself, else from that of earlier Runs, else it is not known.

>>> remaining_s([], {}, 60_000)  # nothing is left to do
0.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DurationField

from sessions_app.models import Run, Stage, StageName, State
from sessions_app.runs.stages import PROCEDURES

QUICK = (
    StageName.LANGUAGE,
    StageName.ALIGN,
    StageName.IDENTIFY,
    StageName.STORE,
    StageName.CLASSIFY,
    StageName.INDEX,
)
"""Stages that take seconds even for a long evening; not knowing their pace keeps no estimate back."""

TELLING_SHARE = 0.05
TELLING_S = 3.0
"""A stage's own pace counts once it has done this share of its work, for at least this long."""

EARLIER_RUNS = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """How far one stage is.

    Attributes:
        name: which stage.
        state: whether it waits, runs or ended.
        fraction: share of its work that is done.
        elapsed_s: since its first task was taken up.
    """

    name: StageName
    state: State
    fraction: float
    elapsed_s: float


def remaining_s(paces: Sequence[Pace], earlier: Mapping[StageName, float], audio_ms: int) -> float | None:
    """Returns the seconds until the last stage is done, along the slowest way through the graph.

    Args:
        paces: of every stage.
        earlier: seconds that each stage took per millisecond of audio in earlier Runs; not all need be known.
        audio_ms: length of the session; 0 while it is not known.

    Returns:
        None where a stage that matters has no known pace.
    """
    by_name = {pace.name: pace for pace in paces}
    until: dict[StageName, float] = {}
    for name, procedure in PROCEDURES.items():
        if name not in by_name:
            until[name] = max((until[need] for need in procedure.needs), default=0.0)
            continue
        own = _own_s(by_name[name], earlier.get(name), audio_ms)
        if own is None:
            return None
        until[name] = own + max((until[need] for need in procedure.needs), default=0.0)
    return max(until.values())


def _own_s(pace: Pace, earlier: float | None, audio_ms: int) -> float | None:
    if pace.state not in (State.WAITING, State.RUNNING):
        return 0.0
    if pace.state == State.RUNNING and pace.fraction >= TELLING_SHARE and pace.elapsed_s >= TELLING_S:
        return pace.elapsed_s * (1 - pace.fraction) / pace.fraction
    if earlier is not None and audio_ms:
        return earlier * audio_ms * (1 - pace.fraction)
    return 0.0 if pace.name in QUICK else None


def earlier_paces(run: Run) -> dict[StageName, float]:
    """Returns the seconds per millisecond of audio of each stage in the last Runs of this installation.

    Transcription is compared only with Runs of the same model, once the Run has chosen one.
    """
    done = Stage.objects.filter(
        state=State.DONE, reused=False, run__session__duration_ms__gt=0, started_at__isnull=False
    ).exclude(run=run)
    paces = {}
    for name in StageName:
        stages = done.filter(name=name)
        if name == StageName.TRANSCRIBE and run.asr_model:
            stages = stages.filter(run__asr_model=run.asr_model)
        took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
        rows = stages.order_by("-pk").annotate(took=took).values_list("took", "run__session__duration_ms")
        rates = [_seconds(took) / duration_ms for took, duration_ms in rows[:EARLIER_RUNS]]
        if rates:
            paces[name] = median(rates)
    return paces


def _seconds(took: timedelta) -> float:
    return max(0.0, took.total_seconds())
