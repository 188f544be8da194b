"""A task in hand gives signs of life and can be stopped."""

from __future__ import annotations

import threading

import pytest

from sessions_app.models import Task
from sessions_app.runs import cancel_run, start_run
from sessions_app.runs.claiming import claim
from sessions_app.runs.watch import EXIT_STUCK, Watch
from sessions_app.runs.work import ClaimLost

pytestmark = pytest.mark.django_db(transaction=True)

SOON_S = 0.02
PATIENCE_S = 10


class Watcher:
    """Waits for what the watch does on its own thread."""

    def __init__(self):
        self.left = threading.Event()
        self.code = None

    def leave(self, code):
        self.code = code
        self.left.set()


@pytest.fixture
def task(recorded, editor):
    start_run(recorded, editor)
    return claim("here:1")


def test_progress_is_written_down(task):
    with Watch(task, stopping=threading.Event(), beat_s=SOON_S) as watch:
        watch.on_progress("prepare", 3, 10)
        for _ in range(500):
            if Task.objects.get(pk=task.pk).done == 3:
                break
            threading.Event().wait(SOON_S)
    row = Task.objects.get(pk=task.pk)
    assert (row.activity, row.done, row.total) == ("prepare", 3, 10)


def test_a_cancelled_task_stops_at_its_next_word(task):
    with Watch(task, stopping=threading.Event(), beat_s=SOON_S) as watch:
        cancel_run(task.stage.run)
        assert watch._lost.wait(PATIENCE_S)
        with pytest.raises(ClaimLost):
            watch.on_progress("prepare", 4, 10)


def test_a_process_that_is_to_end_stops_its_task(task):
    stopping = threading.Event()
    with Watch(task, stopping=stopping, beat_s=SOON_S) as watch:
        stopping.set()
        with pytest.raises(ClaimLost):
            watch.on_progress("prepare", 4, 10)


def test_a_task_that_does_not_listen_ends_its_process(task):
    watcher = Watcher()
    with Watch(task, stopping=threading.Event(), leave=watcher.leave, beat_s=SOON_S, grace_s=SOON_S):
        cancel_run(task.stage.run)
        assert watcher.left.wait(PATIENCE_S)
    assert watcher.code == EXIT_STUCK
