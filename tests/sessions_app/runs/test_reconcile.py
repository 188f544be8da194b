"""What deaths left behind is set right."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from sessions_app.models import Run, State, Task
from sessions_app.runs import start_run
from sessions_app.runs.claiming import MOST_ATTEMPTS, claim, finish
from sessions_app.runs.reconcile import free_abandoned_tasks, is_dead_here, reconcile
from sessions_app.runs.work import ClaimLost

pytestmark = pytest.mark.django_db(transaction=True)


def went_quiet(task, seconds):
    Task.objects.filter(pk=task.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


@pytest.fixture
def task(recorded, editor):
    start_run(recorded, editor)
    return claim("elsewhere:1")


def test_a_task_of_a_worker_that_went_quiet_is_free_again(task):
    went_quiet(task, 60)
    free_abandoned_tasks()
    task.refresh_from_db()
    assert (task.state, task.attempts) == (State.WAITING, 1)
    assert claim("here:2") == task
    with pytest.raises(ClaimLost):
        finish(task, "late", {}, reused=False)


def test_a_task_with_a_recent_sign_of_life_stays(task):
    went_quiet(task, 10)
    free_abandoned_tasks()
    task.refresh_from_db()
    assert task.state == State.RUNNING


def test_a_worker_of_this_machine_is_known_to_be_dead_sooner(recorded, editor):
    start_run(recorded, editor)
    task = claim(f"{socket.gethostname()}:999999999")
    went_quiet(task, 10)
    free_abandoned_tasks()
    task.refresh_from_db()
    assert task.state == State.WAITING


def test_who_is_dead():
    here = socket.gethostname()
    assert is_dead_here(f"{here}:999999999")
    assert not is_dead_here(f"{here}:{os.getpid()}")
    assert not is_dead_here("elsewhere:999999999")
    assert not is_dead_here("")


def test_a_task_whose_workers_keep_dying_fails_with_words_for_people(task):
    Task.objects.filter(pk=task.pk).update(attempts=MOST_ATTEMPTS)
    went_quiet(task, 60)
    reconcile()
    run = Run.objects.get()
    assert run.state == State.FAILED
    assert "broke off" in run.stages.get(name="prepare").message


def test_ready_tasks_get_the_tickets_that_redis_lost(recorded, editor, tickets, monkeypatch):
    class Queue:
        count = 0

    monkeypatch.setattr("sessions_app.runs.tickets.django_rq.get_queue", lambda name: Queue())
    start_run(recorded, editor)
    tickets.clear()
    reconcile()
    assert tickets == [1]
    Queue.count = 1
    tickets.clear()
    reconcile()
    assert tickets == []


def test_redis_that_is_down_stops_nothing(recorded, editor, monkeypatch):
    from redis.exceptions import ConnectionError as RedisDown

    def down(name):
        raise RedisDown

    monkeypatch.setattr("sessions_app.runs.tickets.django_rq.get_queue", down)
    start_run(recorded, editor)
    reconcile()
