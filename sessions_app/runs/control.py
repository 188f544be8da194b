"""What people may ask of a Run: start it, cancel it, try it again.

>>> [stage.value for stage in stages_for(session)][:3]
['prepare', 'detect', 'transcribe']
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from sessions_app.models import Run, Session, Stage, StageName, State, Task, User
from sessions_app.models.run import ACTIVE
from sessions_app.runs import notices, tickets
from sessions_app.runs.graph import advance
from sessions_app.runs.inputs import RunInputs
from sessions_app.runs.stages import PROCEDURES


def start_run(session: Session, user: User | None) -> Run:
    """Starts processing ``session`` as it is now, and returns the Run.

    A Run that is already busy with exactly this is returned as it is. One that is busy with something else, such as
    fewer recordings or another language, is cancelled; what it had finished is used again where it still fits.
    """
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=session.pk)
        inputs = RunInputs.of(session).to_json()
        active = Run.objects.filter(session=session).active().first()
        if active is not None:
            if active.inputs == inputs:
                return active
            cancel_run(active)
        run = Run.objects.create(session=session, requested_by=user, inputs=inputs)
        Stage.objects.bulk_create(Stage(run=run, name=name) for name in stages_for(session))
        advance(run)
        notices.run_changed(session)
    return run


def stages_for(session: Session) -> list[StageName]:
    """Returns the stages that a Run of ``session`` goes through."""
    return [name for name in PROCEDURES if name != StageName.LANGUAGE or session.detect_language]


def cancel_run(run: Run) -> bool:
    """Cancels ``run``; False when it had ended already. Workers let go of its tasks within seconds."""
    now = timezone.now()
    with transaction.atomic():
        if not Run.objects.filter(pk=run.pk).active().update(state=State.CANCELLED, finished_at=now):
            return False
        ended = {"state": State.CANCELLED, "finished_at": now}
        Stage.objects.filter(run=run, state__in=ACTIVE).update(**ended)
        Task.objects.filter(stage__run=run, state__in=ACTIVE).update(**ended)
        notices.run_changed(run.session)
    return True


def retry_run(run: Run, user: User | None) -> Run:
    """Goes on with a Run that failed or was cancelled, from where it ended; returns the Run that does the work.

    A failed stage of a Run whose other branch still works is tried again beside it. Where the session has other
    recordings or settings by now, or a newer Run, this starts afresh instead.
    """
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=run.session_id)
        run = Run.objects.select_for_update().get(pk=run.pk)
        newer = Run.objects.filter(session=session, pk__gt=run.pk).exists()
        if newer or run.inputs != RunInputs.of(session).to_json():
            return start_run(session, user)
        broken = (State.FAILED, State.CANCELLED)
        stages = Stage.objects.filter(run=run, state__in=broken)
        if not stages.exists():
            return run
        Task.objects.filter(stage__in=stages, state__in=broken).update(
            state=State.WAITING, attempts=0, worker="", done=0, total=0, finished_at=None, started_at=None
        )
        stages.update(state=State.WAITING, message="", detail="", started_at=None, finished_at=None)
        Run.objects.filter(pk=run.pk).update(state=State.WAITING, started_at=None, finished_at=None)
        advance(run)
        tickets.issue(Task.objects.filter(stage__run=run).ready().count())
        notices.run_changed(session)
    return Run.objects.get(pk=run.pk)
