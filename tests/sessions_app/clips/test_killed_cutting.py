"""Real workers killed in the middle of cutting clips: another one goes on, and the zip is whole."""

from __future__ import annotations

import json
import sys
import zipfile

import pytest

from tests.sessions_app.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.slow]

TASK = "select state from sessions_app_errand"
ATTEMPTS = "select attempts from sessions_app_errand"
LINES = 24
AT_ONCE = 2
"""Clips in the making when a worker is killed are made again."""


@pytest.fixture
def installation(tmp_path, empty_database):
    installation = Installation(tmp_path, empty_database)
    installation.start_redis()
    installation.start_reconcile()
    yield installation
    installation.end()


def ask(installation, lines):
    installation.python(f"""
        from sessions_app.clips.choice import ClipChoice
        from sessions_app.clips.errand import ask_for_clips
        from sessions_app.models import Campaign, Segment, Session, User, Voice
        from tests.speakers_app.tones import tones
        user = User.objects.create(username="mira")
        session = Session.objects.create(campaign=Campaign.objects.create(name="The Sunken Keep"), number=1)
        session.audio_name = tones(session, "ABABABAB", 2000)
        session.save()
        voice = Voice.objects.create(session=session, number=1)
        Segment.objects.bulk_create(
            Segment(
                session=session, voice=voice, heard_voice=voice, position=at,
                start_ms=at * 200 % 15_000, end_ms=at * 200 % 15_000 + 150, text=str(at),
            )
            for at in range({lines})
        )
        ask_for_clips(session, user, ClipChoice(form="wav"))
    """)


def start_worker(installation, how):
    return installation.start([sys.executable, "-m", "tests.sessions_app.clips.fake_clip_worker"], FAKE=how)


def check_zip(installation, lines):
    def ended():
        return installation.one(TASK) in ("done", "failed")

    installation.wait(ended, "the clips to be cut")
    assert installation.rows("select state, message from sessions_app_errand") == [("done", "")]
    (path,) = installation.data_dir.glob("**/clips/*.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        files = [clip["file"] for clip in manifest["clips"]]
        assert len(files) == lines
        assert sorted(archive.namelist()) == sorted([*files, "manifest.json"])
    installation.wait(lambda: not list((installation.data_dir / "tmp").glob("*clips*")), "the folder to go")


def test_worker_killed_while_it_cuts(installation):
    ask(installation, LINES)
    worker = start_worker(installation, "stuck")
    installation.wait(lambda: installation.count("cut") >= 2, "the first clips")
    installation.kill(worker)
    start_worker(installation, "well")
    check_zip(installation, LINES)
    assert installation.one(ATTEMPTS) == 2
    assert LINES <= installation.count("cut") <= LINES + AT_ONCE


@pytest.mark.parametrize("when", ["packing", "stored"])
def test_worker_killed_while_it_packs_and_stores(installation, when):
    ask(installation, LINES)
    worker = start_worker(installation, when)
    worker.wait(timeout=60)
    assert installation.one(TASK) == "running"
    start_worker(installation, "well")
    check_zip(installation, LINES)
    assert LINES <= installation.count("cut") <= LINES + AT_ONCE


def test_worker_that_is_told_to_end_gives_the_clips_back(installation):
    ask(installation, LINES)
    worker = start_worker(installation, "stuck")
    installation.wait(lambda: installation.count("cut") >= 2, "the first clips")
    worker.terminate()
    assert worker.wait(timeout=10) == 0
    assert installation.rows("select state, attempts from sessions_app_errand") == [("waiting", 0)]


def test_more_lines_than_are_read_at_once_are_cut_while_signs_of_life_are_given(installation):
    lines = 2500
    ask(installation, lines)
    start_worker(installation, "well")
    check_zip(installation, lines)
    assert installation.one(ATTEMPTS) == 1
