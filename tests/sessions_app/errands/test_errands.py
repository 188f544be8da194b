"""Errands: each done once, whatever happens to the workers."""

from __future__ import annotations

import os
import socket
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from engine.errors import EngineError, ModelMissing
from sessions_app.errands import working
from sessions_app.errands.asking import cancel, give_back_all, start, tidy, try_again
from sessions_app.errands.claiming import MOST_ATTEMPTS, claim, finish, finishing, keep, tell
from sessions_app.errands.working import work
from sessions_app.models import Errand, ErrandKind, State
from sessions_app.pulse import Pulse
from sessions_app.runs.work import ClaimLost
from sessions_app.runs.working import work as work_on_runs
from tests.sessions_app.runs.fake_engine import FakeEngine

pytestmark = pytest.mark.django_db(transaction=True)

HERE = socket.gethostname()
GONE = f"{HERE}:999999999"


class Queue:
    """Holds no ticket."""

    count = 0


@pytest.fixture(autouse=True)
def tickets(monkeypatch) -> list[int]:
    issued: list[int] = []
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", issued.append)
    monkeypatch.setattr("sessions_app.runs.tickets.django_rq.get_queue", lambda name: Queue())
    return issued


@pytest.fixture
def procedure(monkeypatch):
    """Puts a procedure in the place of splitting: ``procedure(does)``."""

    def put(does):
        monkeypatch.setitem(working.PROCEDURES, ErrandKind.SPLIT, does)

    put(lambda task, engine: None)
    return put


@pytest.fixture
def task(campaign, session, editor, procedure) -> Errand:
    return start(ErrandKind.SPLIT, campaign, session, editor, {"voice": 1})


def went_quiet(task, seconds, worker=None):
    Errand.objects.filter(pk=task.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))
    if worker:
        Errand.objects.filter(pk=task.pk).update(worker=worker)


def state(task) -> str:
    task.refresh_from_db()
    return task.state


def test_asking_wakes_a_worker(task, tickets):
    assert tickets == [1]
    assert state(task) == State.WAITING


def test_worker_does_what_waits_in_its_order(campaign, session, procedure):
    done = []
    procedure(lambda task, engine: done.append(task.inputs["n"]))
    for n in range(3):
        start(ErrandKind.SPLIT, campaign, session, None, {"n": n})
    assert work(FakeEngine(), "here:1") == 3
    assert done == [0, 1, 2]
    assert set(Errand.objects.values_list("state", flat=True)) == {State.DONE}


def test_workers_of_runs_do_errands_too(task):
    work_on_runs(FakeEngine(), "here:1")
    assert state(task) == State.DONE


def test_task_is_taken_by_one_worker_only(task):
    assert claim("here:1") == task
    assert claim("here:2") is None


def test_engine_error_is_told_to_people_in_its_own_words(task, procedure):
    def misses(task, engine):
        raise ModelMissing("There is no encoder.", detail="looked in /srv")

    procedure(misses)
    work(FakeEngine(), "here:1")
    assert state(task) == State.FAILED
    assert (task.message, task.retryable) == ("There is no encoder.", True)
    assert task.detail.startswith("looked in /srv\nTraceback")


def test_error_that_trying_again_does_not_mend_says_so(task, procedure):
    def refuses(task, engine):
        raise EngineError("The lines are gone.")

    procedure(refuses)
    work(FakeEngine(), "here:1")
    assert state(task) == State.FAILED
    assert not try_again(task)


def test_unexpected_error_fails_the_task_and_spares_the_worker(campaign, session, procedure):
    def breaks(task, engine):
        if task.inputs["n"] == 0:
            raise KeyError("n")

    procedure(breaks)
    tasks = [start(ErrandKind.SPLIT, campaign, session, None, {"n": n}) for n in range(2)]
    assert work(FakeEngine(), "here:1") == 2
    assert [state(task) for task in tasks] == [State.FAILED, State.DONE]
    assert "did not expect" in tasks[0].message
    assert "KeyError" in tasks[0].detail


def test_failed_task_can_be_tried_again(task, procedure, tickets):
    def misses(task, engine):
        raise ModelMissing("There is no encoder.")

    procedure(misses)
    work(FakeEngine(), "here:1")
    assert try_again(task)
    assert not try_again(task)
    assert tickets == [1, 1]
    procedure(lambda task, engine: None)
    work(FakeEngine(), "here:1")
    assert state(task) == State.DONE
    assert task.message == ""


def test_what_a_procedure_stores_and_its_end_are_one(task, session):
    held = claim("here:1")

    def broken_off():
        with finishing(held):
            type(session).objects.update(title="Stored")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    session.refresh_from_db()
    assert session.title == "The gate"
    assert state(task) == State.RUNNING
    with finishing(held) as result:
        type(session).objects.update(title="Stored")
        result["lines"] = 3
    session.refresh_from_db()
    assert (session.title, state(task), task.result) == ("Stored", State.DONE, {"lines": 3})


def test_worker_that_comes_back_late_stores_nothing(task):
    late = claim("elsewhere:1")
    went_quiet(task, 60)
    tidy()
    second = claim("here:2")
    assert second.attempts == 2
    with pytest.raises(ClaimLost), finishing(late):
        pass
    with pytest.raises(ClaimLost):
        tell(late, 1, 2)
    assert not finish(late, {})
    assert not keep(late)
    assert finish(second, {})


def test_task_of_a_process_that_is_no_more_is_free_within_seconds(task, tickets):
    claim(GONE)
    went_quiet(task, 6)
    tidy()
    assert state(task) == State.WAITING
    assert tickets == [1, 1]
    work(FakeEngine(), "here:2")
    assert state(task) == State.DONE


@pytest.mark.parametrize(
    ("worker", "quiet_s"),
    [(GONE, 2), ("elsewhere:1", 10), (f"{HERE}:{os.getpid()}", 10)],
    ids=["gone, but only just", "elsewhere", "here"],
)
def test_task_in_living_hands_stays_there(task, worker, quiet_s):
    claim(worker)
    went_quiet(task, quiet_s)
    tidy()
    assert state(task) == State.RUNNING


def test_task_whose_workers_keep_dying_is_given_up(task):
    for _ in range(MOST_ATTEMPTS):
        assert claim(GONE)
        went_quiet(task, 60)
        tidy()
    assert state(task) == State.FAILED
    assert task.attempts == MOST_ATTEMPTS
    assert "broke off" in task.message
    assert claim("here:1") is None
    assert try_again(task)


def test_process_that_is_told_to_end_gives_its_task_back_untried(task):
    held = claim("here:1")
    give_back_all("here:1")
    assert state(task) == State.WAITING
    assert task.attempts == 0
    with pytest.raises(ClaimLost), finishing(held):
        pass


def test_cancelled_errand_is_not_done_and_its_worker_stores_nothing(task):
    held = claim("here:1")
    assert cancel(task)
    assert not cancel(task)
    with pytest.raises(ClaimLost), finishing(held):
        pass
    assert claim("here:2") is None
    assert state(task) == State.CANCELLED


def test_ended_tasks_are_forgotten_after_a_day(task, campaign, session):
    work(FakeEngine(), "here:1")
    recent = start(ErrandKind.SPLIT, campaign, session, None, {})
    work(FakeEngine(), "here:1")
    Errand.objects.filter(pk=task.pk).update(finished_at=timezone.now() - timedelta(hours=25))
    tidy()
    assert Errand.objects.get() == recent


def test_work_that_says_nothing_for_long_still_gives_signs_of_life(task):
    held = claim("here:1")
    went_quiet(task, 60)
    held.done, held.total = 3, 10
    with Pulse("pulse", lambda: keep(held), beat_s=0.02):
        for _ in range(500):
            if not Errand.objects.quiet_since(30).exists():
                break
            threading.Event().wait(0.02)
    task.refresh_from_db()
    assert (task.done, task.total) == (3, 10)
