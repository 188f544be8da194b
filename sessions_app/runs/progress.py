"""What the page of a session tells about its Run: every stage, how far it is, how long it still takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engine.clock import clock
from sessions_app.models import Recording, Run, Segment, Session, Stage, StageName, State, Task
from sessions_app.runs.carried import Carried
from sessions_app.runs.estimate import Pace, earlier_paces, remaining_s

UNATTENDED = timedelta(seconds=45)
"""Ready work that nobody took up for so long means that no worker runs."""


@dataclass(frozen=True, slots=True)
class StageProgress:
    """One line of the list of stages.

    Attributes:
        stage: the row.
        percent: of its work; None while that is not known.
        elapsed: how long it has been going on or took, in words; empty before it began.
        note: what is going on within it that is not its own work, such as a download.
    """

    stage: Stage
    percent: int | None
    elapsed: str
    note: str


@dataclass(frozen=True, slots=True)
class RunPanel:
    """What the panel shows.

    Attributes:
        session: whose page it is on.
        run: the latest Run; None before the first.
        stages: in order; empty without a Run.
        elapsed: since the Run began, or was asked for while it waits, or how long it took, in words.
        remaining: how long it still takes, in words; empty once it ended.
        others: Runs of other sessions that share the workers.
        unattended: whether no worker seems to run.
        has_recordings: whether there is something to process.
        has_lines: whether a transcript is stored, of this Run or an earlier one.
        carried: what the Run found of people's work on the lines before it; None where there was none.
    """

    session: Session
    run: Run | None
    stages: tuple[StageProgress, ...]
    elapsed: str
    remaining: str
    others: int
    unattended: bool
    has_recordings: bool
    has_lines: bool
    carried: Carried | None = None

    @property
    def failed(self) -> tuple[Stage, ...]:
        """Stages that say what went wrong."""
        return tuple(line.stage for line in self.stages if line.stage.state == State.FAILED)

    @property
    def shows_text_so_far(self) -> bool:
        """Whether finished chunks are shown, for want of a transcript."""
        return self.run is not None and self.run.state != State.DONE and not self.has_lines


def run_panel(session: Session, now: datetime | None = None) -> RunPanel:
    """Returns what there is to tell about the latest Run of ``session``."""
    now = now or timezone.now()
    run = Run.objects.latest_of(session)
    stages = list(run.stages.prefetch_related("tasks")) if run else []
    return RunPanel(
        session=session,
        run=run,
        stages=tuple(_stage_progress(stage, now) for stage in stages),
        elapsed=exactly(_run_elapsed_s(run, now)) if run else "",
        remaining=_remaining(run, session, stages, now) if run and run.is_active else "",
        others=Run.objects.active().exclude(session=session).count(),
        unattended=bool(run and run.is_active and _is_unattended(now)),
        has_recordings=Recording.objects.filter(session=session).exists(),
        has_lines=Segment.objects.filter(session=session).exists(),
        carried=_carried(run),
    )


def _carried(run: Run | None) -> Carried | None:
    if run is None or run.carried is None or run.is_active:
        return None
    carried = Carried.from_json(run.carried)
    return carried if carried.is_worth_telling else None


def _run_elapsed_s(run: Run, now: datetime) -> float:
    return ((run.finished_at or now) - (run.started_at or run.created_at)).total_seconds()


def _stage_progress(stage: Stage, now: datetime) -> StageProgress:
    tasks = list(stage.tasks.all())
    fraction = _fraction(stage, tasks)
    downloading = [task for task in tasks if task.state == State.RUNNING and task.activity == "download"]
    note = (
        _("downloading the speech model: %(percent)s %%") % {"percent": _percent(downloading[0])}
        if downloading
        else ""
    )
    return StageProgress(
        stage=stage,
        percent=None if stage.state == State.RUNNING and not fraction else int(100 * fraction),
        elapsed="" if stage.reused else exactly(_elapsed_s(stage, now)) if stage.started_at else "",
        note=note,
    )


def _percent(task: Task) -> int:
    return 100 * task.done // task.total if task.total else 0


def _fraction(stage: Stage, tasks: Sequence[Task]) -> float:
    """Returns the share of the stage's work that is done; parts count by their length."""
    if stage.state == State.DONE:
        return 1.0
    total = sum(task.size for task in tasks)
    return sum(task.size * _task_fraction(task) for task in tasks) / total if total else 0.0


def _task_fraction(task: Task) -> float:
    if task.state == State.DONE:
        return 1.0
    if task.state != State.RUNNING or not task.total or task.activity == "download":
        return 0.0
    return min(1.0, task.done / task.total)


def _elapsed_s(stage: Stage, now: datetime) -> float:
    return ((stage.finished_at or now) - stage.started_at).total_seconds() if stage.started_at else 0.0


def _remaining(run: Run, session: Session, stages: Sequence[Stage], now: datetime) -> str:
    paces = [
        Pace(
            StageName(stage.name),
            State(stage.state),
            _fraction(stage, list(stage.tasks.all())),
            _elapsed_s(stage, now),
        )
        for stage in stages
    ]
    seconds = remaining_s(paces, earlier_paces(run), session.duration_ms)
    return _("not known yet") if seconds is None else about(seconds)


def _is_unattended(now: datetime) -> bool:
    if Task.objects.filter(heartbeat_at__gt=now - UNATTENDED).exists():
        return False
    oldest = Task.objects.ready().select_related("stage__run").first()
    if oldest is None:
        return False
    run = oldest.stage.run
    return max(filter(None, (run.created_at, run.served_at))) < now - UNATTENDED


def about(seconds: float) -> str:
    """Returns a length of time as people estimate it.

    >>> about(200)
    'about 3 min'
    """
    minutes = round(seconds / 60)
    if seconds < 50:
        return _("less than a minute")
    if minutes < 60:
        return _("about %(minutes)s min") % {"minutes": max(1, minutes)}
    hours, minutes = divmod(5 * round(minutes / 5), 60)
    if not minutes:
        return ngettext("about %(hours)s hour", "about %(hours)s hours", hours) % {"hours": hours}
    return _("about %(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def exactly(seconds: float) -> str:
    """Returns a length of time as a clock counts it.

    >>> exactly(75)
    '1:15'
    """
    return clock(max(0, int(seconds)) * 1000)
