"""Moves a Run on: what is done lets its followers begin, and a Run with nothing left to do is closed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from engine.config import fingerprint as fingerprint_of
from sessions_app.models import Run, Stage, StageName, State, Task
from sessions_app.runs import notices, tickets
from sessions_app.runs.stages import PROCEDURES


def advance(run: Run) -> None:
    """Begins each stage whose needs are met, and ends stages and the Run when all of their parts ended.

    May be called at any time and any number of times; it looks at nothing but the rows.

    >>> run = Run.objects.create(session=session)
    >>> prepare = Stage.objects.create(run=run, name=StageName.PREPARE)
    >>> advance(run)
    >>> [str(task) for task in prepare.tasks.all()]
    ['Prepare the audio 1']
    """
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).select_related("session").get(pk=run.pk)
        if not run.is_active:
            return
        stages = {StageName(stage.name): stage for stage in run.stages.all()}
        begun = 0
        for name, procedure in PROCEDURES.items():
            stage = stages.get(name)
            if stage is None:  # the Run was asked for before there was such a stage, or needs none
                continue
            needs = [stages[need] for need in procedure.needs if need in stages]
            if stage.state == State.WAITING and all(need.state == State.DONE for need in needs):
                begun += _begin(run, stage)
            if stage.state in (State.WAITING, State.RUNNING):
                _end_if_done(stage)
        tickets.issue(begun)
        _close_if_ended(run, list(stages.values()))


def _begin(run: Run, stage: Stage) -> int:
    """Makes the stage's tasks, if they are not there yet, and returns how many were made."""
    if stage.tasks.exists():
        return 0
    split = PROCEDURES[StageName(stage.name)].split
    sizes = split(run) if split else [1]
    Task.objects.bulk_create(Task(stage=stage, part=part, size=size) for part, size in enumerate(sizes))
    if not sizes:
        _end(stage, [])
    return len(sizes)


def _end_if_done(stage: Stage) -> None:
    tasks = list(stage.tasks.order_by("part"))
    if tasks and all(task.state == State.DONE for task in tasks):
        _end(stage, tasks)


def _end(stage: Stage, tasks: list[Task]) -> None:
    parts = [task.fingerprint for task in tasks]
    stage.fingerprint = parts[0] if len(parts) == 1 else fingerprint_of(stage.name, parts)
    stage.reused = bool(tasks) and all(task.reused for task in tasks)
    stage.state = State.DONE
    stage.finished_at = timezone.now()
    stage.save(update_fields=["fingerprint", "reused", "state", "finished_at"])


def _close_if_ended(run: Run, stages: list[Stage]) -> None:
    """Closes the Run once all stages are done, or one failed and no other can go on."""
    if all(stage.state == State.DONE for stage in stages):
        run.state = State.DONE
    elif any(stage.state == State.FAILED for stage in stages) and not _has_work(run):
        run.state = State.FAILED
    else:
        return
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "finished_at"])
    notices.run_changed(run.session)
    if run.state == State.DONE:
        notices.transcript_changed(run.session)


def _has_work(run: Run) -> bool:
    of_run = Task.objects.filter(stage__run=run)
    return of_run.ready().exists() or of_run.filter(state=State.RUNNING).exists()
