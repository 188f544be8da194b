"""What a stage is handed: the Run's inputs, the results it stands on, the engine, and how to tell its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.audio import PcmFile
from engine.values import OnProgress
from sessions_app.models import Run, Session, Stage, StageName, StageResult, State, Task
from sessions_app.runs.audio import open_prepared
from sessions_app.runs.engine import Engine
from sessions_app.runs.inputs import RunInputs

Json = dict[str, Any]


class ClaimLost(Exception):
    """The task is somebody else's by now, or the Run was cancelled: what was made is thrown away."""


@dataclass(frozen=True, slots=True)
class Work:
    """One task in a worker's hands.

    Attributes:
        task: the claimed row.
        inputs: what the Run was asked.
        engine: the models of this process.
        on_progress: raises :class:`ClaimLost` when the work must stop.
    """

    task: Task
    inputs: RunInputs
    engine: Engine
    on_progress: OnProgress

    @property
    def run(self) -> Run:
        """The Run that the task is part of."""
        return self.task.stage.run

    @property
    def session(self) -> Session:
        """The session that the Run is of."""
        return self.task.stage.run.session

    def fingerprint_of(self, stage: StageName) -> str:
        """Returns the fingerprint of a stage that this one needs."""
        return Stage.objects.values_list("fingerprint", flat=True).get(run=self.run, name=stage)

    def result_of(self, stage: StageName) -> Json:
        """Returns what a stage of one task made."""
        return self._payload(stage, self.fingerprint_of(stage))

    def results_of(self, stage: StageName) -> Iterator[Json]:
        """Yields what each task of a stage made, in order of their parts."""
        tasks = Task.objects.filter(stage__run=self.run, stage__name=stage).order_by("part")
        for fingerprint in tasks.values_list("fingerprint", flat=True):
            yield self._payload(stage, fingerprint)

    @contextmanager
    def open_audio(self) -> Iterator[PcmFile]:
        """Opens what the prepare stage made."""
        with open_prepared(self.result_of(StageName.PREPARE)["audio_name"]) as audio:
            yield audio

    def hold(self) -> None:
        """Makes sure, inside a transaction, that the task is still this worker's, and stays so until its end.

        Rows are locked in the order session, run, task, as everywhere, so that nobody waits for each other.

        Raises:
            ClaimLost: it is not.

        >>> run = session.runs.get()
        >>> stage = Stage.objects.create(run=run, name=StageName.STORE)
        >>> task = Task.objects.create(stage=stage, state=State.CANCELLED, worker="worker-1")
        >>> Work(task, inputs=None, engine=None, on_progress=print).hold()
        Traceback (most recent call last):
            ...
        sessions_app.runs.work.ClaimLost
        """
        Session.objects.select_for_update().only("pk").filter(
            pk=self.session.pk
        ).first()  # may be deleted by now
        Run.objects.select_for_update().only("pk").filter(pk=self.run.pk).first()
        mine = Task.objects.select_for_update().filter(
            pk=self.task.pk, state=State.RUNNING, worker=self.task.worker, attempts=self.task.attempts
        )
        if not mine.exists():
            raise ClaimLost

    def _payload(self, stage: StageName, fingerprint: str) -> Json:
        payload: Json = StageResult.objects.values_list("payload", flat=True).get(
            session=self.session, stage=stage, fingerprint=fingerprint
        )
        return payload


@dataclass(frozen=True, slots=True)
class Procedure:
    """How one stage is done.

    Attributes:
        needs: stages that must be done before.
        fingerprint: of the inputs and settings that matter to the result.
        perform: makes the result, in plain JSON.
        still_stands: whether a kept result may be used again; most always may.
        split: sizes of the stage's tasks, given the results it needs; None for a stage of one task.
    """

    needs: tuple[StageName, ...]
    fingerprint: Callable[[Work], str]
    perform: Callable[[Work], Json]
    still_stands: Callable[[Work, Json], bool] = lambda work, payload: True
    split: Callable[[Run], list[int]] | None = None
