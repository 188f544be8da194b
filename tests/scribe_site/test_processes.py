import configparser
import shlex
import socket

import pytest
from django.core.management.base import CommandError

from scribe_site import redis_server
from scribe_site.announce import wait_for_web
from scribe_site.config import Config
from scribe_site.management.commands.up import refuse_a_taken_port
from scribe_site.processes import captioner_threads, processes, supervisor_config, worker_threads


def config(tmp_path, **values) -> Config:
    return Config(_env_file=None, data_dir=tmp_path, **values)


def read(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return parser


def test_everything_that_serves_is_restarted_when_it_dies(tmp_path):
    chosen = config(tmp_path, workers=3)
    parsed = read(supervisor_config(chosen, processes(chosen)))
    served = {s for s in parsed.sections() if s.startswith("program:") and s != "program:announce"}
    assert served == {f"program:{n}" for n in ("redis", "web", "worker", "captioner", "reconcile")}
    assert all(parsed[s]["autorestart"] == "true" for s in served)
    assert parsed["program:worker"]["numprocs"] == "3"


def test_own_redis_replaces_the_embedded_one(tmp_path):
    names = [p.name for p in processes(config(tmp_path, redis_url="redis://elsewhere"))]
    assert "redis" not in names
    assert "web" in names


def test_a_path_with_spaces_and_percent_signs_survives(tmp_path):
    chosen = config(tmp_path / "my 100% var")
    parsed = read(supervisor_config(chosen, processes(chosen)))
    assert "my 100%% var" in parsed["supervisord"]["logfile"]
    command = shlex.split(parsed["program:redis"]["command"].replace("%%", "%"))
    assert str(chosen.data_dir / "redis") in command


def test_threads_are_shared_between_workers(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert worker_threads(config(tmp_path, workers=2)) == 4
    assert worker_threads(config(tmp_path, workers=16)) == 1
    assert worker_threads(config(tmp_path, workers=2, worker_threads=7)) == 7


def test_what_runs_for_hours_keeps_little_memory_for_its_threads(tmp_path):
    parsed = read(supervisor_config(config(tmp_path), processes(config(tmp_path))))
    for name in ("web", "worker", "captioner"):
        assert 'MALLOC_ARENA_MAX="2"' in parsed[f"program:{name}"]["environment"]


def test_as_many_captioners_run_as_are_wanted(tmp_path):
    chosen = config(tmp_path, captioners=3)
    assert read(supervisor_config(chosen, processes(chosen)))["program:captioner"]["numprocs"] == "3"
    none = config(tmp_path, captioners=0)
    assert "program:captioner" not in read(supervisor_config(none, processes(none))).sections()


def test_captioners_share_all_cores(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert captioner_threads(config(tmp_path)) == 8
    assert captioner_threads(config(tmp_path, captioners=3)) == 2
    assert captioner_threads(config(tmp_path, captioners=16)) == 1


def test_a_deep_folder_still_has_a_socket_that_fits(tmp_path):
    deep = tmp_path / ("very" * 30)
    assert len(str(redis_server.socket_path(deep))) <= 100
    assert redis_server.socket_path(deep) == redis_server.socket_path(deep)
    assert redis_server.socket_path(deep) != redis_server.socket_path(tmp_path / ("other" * 30))


def test_a_taken_port_is_named_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port}"):
            refuse_a_taken_port("127.0.0.1", port)
    refuse_a_taken_port("127.0.0.1", port)


def test_a_silent_port_is_not_announced():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert not wait_for_web("127.0.0.1", port, patience_s=0.3)


def test_everything_stops_at_once_but_redis_which_stops_last(tmp_path):
    chosen = config(tmp_path)
    parsed = read(supervisor_config(chosen, processes(chosen)))
    assert set(parsed["group:scribe"]["programs"].split(",")) == {
        "web",
        "worker",
        "captioner",
        "reconcile",
    }
    assert int(parsed["program:redis"]["priority"]) < int(parsed["group:scribe"]["priority"])


def test_an_https_port_is_a_second_door_of_the_web_process(tmp_path):
    (web,) = (p for p in processes(config(tmp_path, https_port=8443)) if p.name == "web")
    endpoint = web.command[web.command.index("-e") + 1]
    assert endpoint.startswith("ssl:8443:privateKey=")
    assert str(tmp_path / "tls" / "key.pem") in endpoint
    (plain,) = (p for p in processes(config(tmp_path)) if p.name == "web")
    assert "-e" not in plain.command
