"""Real captioners with real models and a real Redis, killed in the middle of their work."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import soundfile

from engine.wav import wav_header
from tests.conftest import FIXTURES
from tests.sessions_app.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.slow]

PATIENCE_S = 180
"""A captioner that starts on a crowded machine takes its time; what counts is what it stores."""


@pytest.fixture
def installation(tmp_path, empty_database):
    installation = Installation(tmp_path, empty_database)
    yield installation
    installation.end()


def start(installation: Installation) -> subprocess.Popen[bytes]:
    return installation.start([sys.executable, "manage.py", "captioner"])


def record(installation: Installation, number: int, seconds: int = 30) -> str:
    """Lays down a capture that is over; returns its uuid."""
    uuid = installation.python(f"""
        from realtime_app.models import Capture, CaptureState
        from sessions_app.models import Campaign, Session
        campaign, _ = Campaign.objects.get_or_create(name="The Sunken Keep")
        session = Session.objects.create(campaign=campaign, number={number}, language="en")
        capture = Capture.objects.create(session=session, key="one", held={seconds} * 16000)
        print(capture.uuid.hex)
    """)
    sound, _ = soundfile.read(FIXTURES / "audio" / "en_30s.flac", dtype="int16")
    data = sound[: seconds * 16_000].tobytes()
    named = f"{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}"
    (installation.data_dir / "captures").mkdir(exist_ok=True)
    (installation.data_dir / "captures" / f"{named}.wav").write_bytes(wav_header(len(data)) + data)
    return uuid


def lines(installation: Installation, capture: str) -> list[str]:
    query = f"select text from sessions_app_segment where capture = '{capture}' order by position"
    return [row[0] for row in installation.rows(query)]


def captioned_to(installation: Installation, capture: str) -> int:
    return int(installation.one(f"select captioned_to from realtime_app_capture where uuid = '{capture}'"))


def test_killed_captioners_and_redis_neither_lose_nor_double_a_line(installation):
    redis = installation.start_redis()
    whole = record(installation, 1)
    first, second = start(installation), start(installation)
    installation.wait(lambda: captioned_to(installation, whole) > 28 * 16_000, "all lines", PATIENCE_S)
    expected = lines(installation, whole)
    assert len(expected) >= 6
    broken = record(installation, 2)
    installation.wait(lambda: lines(installation, broken), "a line", PATIENCE_S)
    installation.kill(first)
    installation.kill(redis)
    count = len(lines(installation, broken))
    third = start(installation)
    installation.start_redis()
    installation.wait(lambda: len(lines(installation, broken)) > count, "the next line", PATIENCE_S)
    installation.kill(second)
    installation.kill(third)
    start(installation)
    installation.wait(lambda: captioned_to(installation, broken) > 28 * 16_000, "all lines", PATIENCE_S)
    assert lines(installation, broken) == expected


def test_a_captioner_that_is_told_to_end_ends_within_seconds(installation):
    installation.start_redis()
    capture = record(installation, 1)
    captioner = start(installation)
    installation.wait(lambda: lines(installation, capture), "a line", PATIENCE_S)
    captioner.send_signal(signal.SIGTERM)
    assert captioner.wait(timeout=10) == 0
