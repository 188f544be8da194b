import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from engine.wav import write_wav
from realtime_app.captures.protocol import CLOSE_REFUSED
from realtime_app.management.commands.capture import REFUSED, TOKEN_VARIABLE, _speed
from tests.realtime_app.client.server import FakeServer

ROOT = Path(__file__).resolve().parents[3]
SOUND = (np.arange(80_000) % 20_011).astype(np.int16)


@pytest.fixture
def wav(tmp_path):
    path = tmp_path / "dice.wav"
    with write_wav(path) as writer:
        writer.write(SOUND)
    return path


@pytest.fixture
def tapes(tmp_path):
    return tmp_path / "tapes"


def arguments(server, source, tapes, *more):
    return [str(source), "--url", server.url, "--tapes", str(tapes), "--speed", "max", *more]


async def run(*arguments, **environment):
    """Runs the command in a process of its own, with the token on standard input; returns its status and output."""
    import asyncio

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "manage.py",
        "capture",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "scribe_site.settings", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await process.communicate(b"a token\n")
    return process.returncode, output.decode()


@pytest.mark.slow
async def test_a_file_is_recorded_without_a_database(wav, tapes, tmp_path):
    environment = {
        "SCRIBE_DATA_DIR": str(tmp_path / "none"),
        "SCRIBE_ENV_FILE": "",
        "DATABASE_URL": "postgres://nobody@localhost:1/none",
    }
    async with FakeServer() as server:
        status, output = await run(*arguments(server, wav, tapes, "--label", "Recorder"), **environment)
    assert status == 0, output
    assert (server.sound == SOUND).all()
    assert server.hellos[0]["token"] == "a token"
    assert "a token" not in output
    assert "All of it is with the server" in output
    assert not list(tapes.iterdir())


@pytest.mark.slow
async def test_a_refusal_says_so_and_keeps_the_audio_for_later(wav, tapes):
    async with FakeServer(refuse=(CLOSE_REFUSED, "refused", "Not here.")) as server:
        status, output = await run(*arguments(server, wav, tapes))
    assert status == REFUSED
    assert "Not here." in output
    if list(tapes.iterdir()):
        assert "--resume" in output


@pytest.mark.processes
async def test_a_killed_program_is_gone_on_with(wav, tapes):
    async with FakeServer() as server:
        first = [*arguments(server, wav, tapes), "--speed", "1"]
        import asyncio

        process = await asyncio.create_subprocess_exec(
            sys.executable, "manage.py", "capture", *first, cwd=ROOT, env={**os.environ, TOKEN_VARIABLE: "t"}
        )
        while len(server.sound) < 8_000:
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        status, output = await run(*arguments(server, wav, tapes, "--resume"))
    assert status == 0, output
    assert (server.sound == SOUND).all()
    assert server.hellos[-1]["token"] == "for this capture"


def test_nothing_to_go_on_with_is_said(wav, tapes):
    with pytest.raises(CommandError, match="nothing to go on with"):
        call_command("capture", str(wav), "--tapes", str(tapes), "--resume")


def test_a_file_that_is_not_there_is_named(tapes):
    with pytest.raises(CommandError, match="no file") as caught:
        call_command("capture", "nothing.wav", "--tapes", str(tapes), "--token", "t")
    assert caught.value.returncode == 2
    assert not list(tapes.iterdir())


def test_a_token_is_asked_for(wav, tapes, monkeypatch):
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="token is needed"):
        call_command("capture", str(wav), "--tapes", str(tapes))


def test_devices_without_the_package_say_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(CommandError, match="pip install sounddevice"):
        call_command("capture", "--list-devices")


@pytest.mark.parametrize("text", ["0", "-1", "nan"])
def test_a_speed_is_above_nothing(text):
    with pytest.raises(Exception, match="above 0"):
        _speed(text)


def test_a_device_goes_on_behind_a_gap(tapes):
    from realtime_app.client.tape import Gap, Tape
    from realtime_app.management.commands.capture import DEVICE, _source

    tape = Tape(tapes / "t", DEVICE)
    tape.add(SOUND[:1600])
    notes = json.loads((tape.folder / "tape.json").read_text())
    notes["began_at"] = time.time() - 60
    (tape.folder / "tape.json").write_text(json.dumps(notes))
    again = Tape(tapes / "t", DEVICE)
    _source(DEVICE, again, {"device": ""})
    gap = again.read(1600, 100)
    assert isinstance(gap, Gap)
    assert gap.end == pytest.approx(60 * 16_000, abs=16_000)
