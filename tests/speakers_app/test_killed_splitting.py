"""Real workers killed in the middle of splitting a voice: another one does it, once."""

from __future__ import annotations

import sys

import pytest

from tests.sessions_app.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.slow]

TASK = "select state from sessions_app_errand"
ATTEMPTS = "select attempts from sessions_app_errand"


@pytest.fixture
def installation(tmp_path, empty_database):
    installation = Installation(tmp_path, empty_database)
    installation.start_redis()
    installation.start_reconcile()
    installation.python("""
        from sessions_app.models import Campaign, Segment, Session, Voice
        from speakers_app.splitting import ask_to_split
        from tests.speakers_app.tones import tones
        session = Session.objects.create(campaign=Campaign.objects.create(name="The Sunken Keep"), number=1)
        session.audio_name = tones(session, "ABABABAB", 2000)
        session.save()
        voice = Voice.objects.create(session=session, number=1)
        lines = [
            Segment.objects.create(
                session=session, voice=voice, heard_voice=voice, position=at,
                start_ms=at * 2000, end_ms=at * 2000 + 2000, text=str(at),
            )
            for at in range(8)
        ]
        ask_to_split(session, lines[1:2], None)
    """)
    yield installation
    installation.end()


def start_worker(installation, how):
    return installation.start([sys.executable, "-m", "tests.speakers_app.fake_split_worker"], FAKE=how)


def check_split_once(installation):
    installation.wait(lambda: installation.one(TASK) == "done", "the voice to be split")
    lines = installation.rows(
        "select v.number from sessions_app_segment s join sessions_app_voice v on v.id = s.voice_id order by s.position"
    )
    assert [number for (number,) in lines] == [1, 2] * 4
    assert installation.rows("select verb, undone_at from speakers_app_change") == [("split", None)]
    assert installation.one("select count(*) from sessions_app_voice") == 2


def test_worker_killed_while_it_listens(installation):
    worker = start_worker(installation, "stuck")
    installation.wait(lambda: installation.count("begin") == 1, "the task to be in hand")
    installation.kill(worker)
    start_worker(installation, "well")
    check_split_once(installation)
    assert installation.one(ATTEMPTS) == 2


def test_worker_killed_while_it_stores(installation):
    worker = start_worker(installation, "deadly")
    worker.wait(timeout=60)
    assert installation.one(TASK) == "running"
    assert installation.one("select count(*) from sessions_app_voice") == 1
    start_worker(installation, "well")
    check_split_once(installation)


def test_worker_that_is_told_to_end_gives_the_task_back(installation):
    worker = start_worker(installation, "stuck")
    installation.wait(lambda: installation.count("begin") == 1, "the task to be in hand")
    worker.terminate()
    assert worker.wait(timeout=10) == 0
    assert installation.rows("select state, attempts from sessions_app_errand") == [("waiting", 0)]
