"""The tus reference client against the real web server: whole files, kills, lost connections, bounded memory."""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.db import connection as database
from django.test import Client
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from sessions_app.models import Recording, Upload

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]


class WebServer:
    """The web process as it is run, on a port and folder of its own, over the tests' database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.web_server_settings",
            "SCRIBE_TEST_DATABASE": str(database.settings_dict["NAME"]),
            "SCRIBE_TEST_DATA": str(self.folder),
            "SCRIBE_TEST_SECRET": settings.SECRET_KEY,
            "TMPDIR": str(self.folder),
        }
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "scribe_site.web_server", "-v", "0"),
                *("-b", "127.0.0.1", "-p", str(self.port), "--http-timeout", "300"),
                "scribe_site.asgi:application",
            ],
            cwd=ROOT,
            env=environment,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, "the web server did not start"
            time.sleep(0.1)
        pytest.fail("the web server did not start in time")

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def memory_mb(self) -> float:
        return psutil.Process(self.process.pid).memory_info().rss / 1e6


@pytest.fixture
def server(tmp_path):
    (tmp_path / "static").mkdir()
    server = WebServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def login(editor) -> dict[str, str]:
    """Headers of a script that logged in as the editor."""
    client = Client()
    client.force_login(editor)
    token = "t" * 32
    cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; csrftoken={token}"
    return {"Cookie": cookies, "X-CSRFToken": token}


@pytest.fixture
def uploader(server, session, login):
    """``uploader(path, **options)``: tuspy's uploader for a file."""

    with ExitStack() as files:  # given a path, tuspy leaves the file open

        def make(path: Path, **options):
            client = TusClient(
                f"http://127.0.0.1:{server.port}/sessions/{session.uuid}/uploads/", headers=login
            )
            file = files.enter_context(path.open("rb"))
            return client.uploader(file_stream=file, metadata={"filename": path.name}, **options)

        yield make


def _noise(path: Path, megabytes: int) -> Path:
    rng = random.Random(7)  # always the same: once in a long while, noise looks like the middle of an MP3
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(rng.randbytes(1 << 20))
    return path


def test_recording_goes_in_by_parts(uploader, sound, tmp_path, session):
    path = tmp_path / "evening.wav"
    path.write_bytes(sound.wav(20))
    uploader(path, chunk_size=100_000).upload()
    recording = session.recordings.get()
    assert recording.duration_ms == 20_000
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_recording_goes_in_at_once(uploader, sound, tmp_path, session):
    path = tmp_path / "evening.wav"
    path.write_bytes(sound.wav(100))
    uploader(path).upload()
    assert session.recordings.get().duration_ms == 100_000


def test_killed_server_loses_no_acknowledged_byte(server, uploader, sound, tmp_path, session):
    path = tmp_path / "evening.wav"
    path.write_bytes(sound.wav(60))
    first = uploader(path, chunk_size=300_000)
    for _ in range(3):
        first.upload_chunk()
    server.kill()
    with pytest.raises(TusCommunicationError):
        first.upload_chunk()
    server.start()
    second = uploader(path, chunk_size=300_000, url=first.url)
    assert second.offset == 900_000
    second.upload()
    assert session.recordings.get().sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_lost_connection_keeps_what_had_arrived(server, uploader, login, tmp_path):
    path = _noise(tmp_path / "noise.bin", 40)
    tus = uploader(path)
    tus.set_url(tus.create_url())
    place = tus.url.split(str(server.port))[-1]
    data = path.read_bytes()
    sent = 30_000_000
    raw = socket.create_connection(("127.0.0.1", server.port))
    lines = [f"PATCH {place} HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0", "Upload-Offset: 0"]
    lines += ["Content-Type: application/offset+octet-stream", f"Content-Length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in login.items()]
    raw.sendall("\r\n".join([*lines, "", ""]).encode() + data[:sent])
    _until(lambda: _offset(server, place, login) > sent - 8_000_000)
    raw.close()
    _until(lambda: _offset(server, place, login) == sent)
    uploader(path, url=tus.url).upload()
    _until(lambda: Upload.objects.get().is_settled)
    assert "recording" in Upload.objects.get().error


def test_one_huge_part_takes_no_memory(server, uploader, tmp_path):
    path = _noise(tmp_path / "noise.bin", 400)
    tus = uploader(path, chunk_size=1000)
    tus.upload_chunk()
    before = server.memory_mb()
    uploader(path, url=tus.url).upload()
    assert server.memory_mb() - before < 60
    _until(lambda: Upload.objects.get().is_settled)


def test_slow_reader_of_a_long_recording_is_not_kept_in_memory(server, session, login, tmp_path):
    name = f"recordings/{session.uuid}/long.wav"
    (tmp_path / "media" / name).parent.mkdir(parents=True)
    _noise(tmp_path / "media" / name, 200)
    recording = Recording.objects.create(
        session=session, file=name, size=200 << 20, sha256="0" * 64, original_name="long.wav"
    )
    before = server.memory_mb()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("GET", f"/recordings/{recording.uuid}/download/", headers=login)
        with connection.getresponse() as answer:
            assert answer.status == 200
            read = len(answer.read(1 << 20))
            time.sleep(1)  # for the server to read ahead, were it to
            assert server.memory_mb() - before < 60
            while piece := answer.read(1 << 20):
                read += len(piece)
    assert read == 200 << 20


def test_refusal_reaches_a_client_that_is_still_sending(server, uploader, login, tmp_path):
    path = _noise(tmp_path / "noise.bin", 8)
    tus = uploader(path)
    tus.set_url(tus.create_url())
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "77",
        "Content-Type": "application/offset+octet-stream",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("PATCH", tus.url.split(str(server.port))[-1], path.read_bytes(), headers | login)
        with connection.getresponse() as answer:
            assert answer.status == 409


def _offset(server, place, login) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("HEAD", place, headers={"Tus-Resumable": "1.0.0"} | login)
        with connection.getresponse() as answer:
            return int(answer.headers["Upload-Offset"])


def _until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
