"""Real workers, a real Redis and a real reconciler, killed in the middle of their work."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.sessions_app.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.slow]

STATES = "select name, state from sessions_app_stage"
STAGES = 9


@pytest.fixture
def installation(tmp_path, empty_database):
    installation = Installation(tmp_path, empty_database)
    yield installation
    installation.end()


def check_whole(installation: Installation, runs: int = 1) -> None:
    assert installation.rows("select state, count(*) from sessions_app_run group by state") == [
        ("done", runs)
    ]
    assert installation.rows("select state, count(*) from sessions_app_stage group by state") == [
        ("done", STAGES * runs)
    ]
    lines = installation.rows(
        "select session_id, position, start_ms, end_ms from sessions_app_segment order by 1, 2"
    )
    assert lines
    for session in {line[0] for line in lines}:
        own = [line for line in lines if line[0] == session]
        assert [line[1] for line in own] == list(range(len(own)))
        assert all(before[2] <= after[2] for before, after in pairwise(own))
    words = installation.rows("select sum(json_array_length(words)) from sessions_app_segment")[0][0]
    assert words == installation.one(
        "select sum(json_array_length(u.value, '$.words')) from sessions_app_stageresult r, "
        "json_each(r.payload, '$.utterances') u where r.stage = 'transcribe'"
    )


def test_a_killed_worker_costs_at_most_the_chunk_in_its_hands(installation):
    installation.start_redis()
    installation.start_reconcile()
    installation.make_run()
    first, _second = installation.start_worker(FAKE_S="1"), installation.start_worker(FAKE_S="1")
    installation.wait(lambda: installation.count("end") >= 1, "a chunk to be done")
    installation.wait(lambda: installation.count("begin") - installation.count("end") >= 1, "a chunk in hand")
    installation.kill(first)
    installation.start_worker(FAKE_S="0.2")
    installation.wait_for_end()
    check_whole(installation)
    assert installation.count("begin") - installation.count("end") <= 1


def test_a_run_goes_on_after_redis_died_and_came_back_empty(installation):
    redis = installation.start_redis()
    installation.start_reconcile()
    installation.make_run()
    installation.start_worker(FAKE_S="0.5")
    installation.wait(lambda: installation.count("end") >= 1, "a chunk to be done")
    installation.kill(redis)
    installation.wait(lambda: installation.count("end") >= 2, "work in hand to go on without Redis")
    installation.start_redis()
    installation.wait_for_end()
    check_whole(installation)
    assert installation.count("begin") == installation.count("end")


def test_all_workers_and_redis_killed_at_once(installation):
    redis = installation.start_redis()
    reconcile = installation.start_reconcile()
    installation.make_run()
    workers = [installation.start_worker(FAKE_S="1") for _ in range(2)]
    installation.wait(lambda: installation.count("end") >= 1, "a chunk to be done")
    for process in (redis, reconcile, *workers):
        installation.kill(process)
    installation.start_redis()
    installation.start_reconcile()
    installation.start_worker(FAKE_S="0.1")
    installation.wait_for_end()
    check_whole(installation)
    assert installation.count("begin") - installation.count("end") <= 2


def test_cancel_takes_effect_within_seconds_in_a_stage_that_does_not_listen(installation):
    installation.start_redis()
    installation.make_run()
    worker = installation.start_worker("stuck")
    installation.wait(lambda: installation.count("begin") == 1, "a chunk in hand")
    installation.python(
        "from sessions_app.models import Run; from sessions_app.runs import cancel_run; cancel_run(Run.objects.get())"
    )
    assert worker.wait(timeout=10) == 70
    ended = datetime.now(UTC).replace(tzinfo=None)
    cancelled = datetime.fromisoformat(installation.one("select finished_at from sessions_app_run"))
    assert (ended - cancelled).total_seconds() < 5
    assert installation.rows("select distinct state from sessions_app_task where state not in ('done')") == [
        ("cancelled",)
    ]


def test_a_worker_that_is_told_to_end_gives_its_task_back(installation):
    installation.start_redis()
    installation.make_run()
    worker = installation.start_worker("stuck")
    installation.wait(lambda: installation.count("begin") == 1, "a chunk in hand")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=8) == 0
    assert installation.rows(
        "select distinct state, attempts from sessions_app_task where state != 'done'"
    ) == [("waiting", 0)]


def test_an_idle_worker_ends_at_once(installation):
    installation.start_redis()
    installation.make_run("en_5s.flac")
    worker = installation.start_worker(FAKE_S="0")
    installation.wait_for_end()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=3) == 0


def test_a_task_that_kills_its_workers_fails_and_lets_others_work(installation):
    installation.start_redis()
    installation.start_reconcile()
    installation.make_run()
    deaths = 0
    while deaths < 5:
        worker = installation.start_worker("deadly", FAKE_S="0")
        try:
            worker.wait(timeout=40)
        except Exception as error:
            raise AssertionError(installation.rows(STATES)) from error
        deaths += 1
    installation.start_worker(FAKE_S="0")
    installation.wait_for_end()
    assert installation.one("select state from sessions_app_run") == "failed"
    assert installation.one("select state from sessions_app_stage where name = 'transcribe'") == "failed"
    assert "broke off" in installation.one("select message from sessions_app_stage where name = 'transcribe'")
    assert installation.one("select state from sessions_app_stage where name = 'diarize'") == "done"
