"""A Redis of the tests' own, that may be killed and started again."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from realtime_app.captioner.leases import connect
from scribe_site.redis_server import embedded_url, server_command


class OwnRedis:
    """The embedded Redis server, on a socket in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = embedded_url(folder)

    def start(self) -> None:
        self._process = subprocess.Popen(server_command(self._folder), stdout=subprocess.DEVNULL)
        client = connect(self.url)
        deadline = time.monotonic() + 20
        while not self._answers(client):
            assert time.monotonic() < deadline, "Redis did not start"
        client.close()

    @staticmethod
    def _answers(client) -> bool:
        try:
            return bool(client.ping())
        except (RedisError, OSError):
            time.sleep(0.01)
            return False

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def _redis(tmp_path_factory):
    server = OwnRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def own_redis(_redis):
    """Redis, empty."""
    client = connect(_redis.url)
    client.flushall()
    client.close()
    return _redis


@pytest.fixture
def mortal_redis(tmp_path):
    """A Redis that a test may kill."""
    server = OwnRedis(tmp_path)
    server.start()
    yield server
    server.kill()
