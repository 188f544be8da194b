import asyncio
import math
import wave

import numpy as np
import pytest

from realtime_app.captures.protocol import CLOSE_EXPIRED, CLOSE_REFUSED
from realtime_app.client import uplink as uplink_module
from realtime_app.client.recorder import Recorder
from realtime_app.client.sources import Lost, RecordedFile
from realtime_app.client.tape import Tape
from realtime_app.client.uplink import Barred, Device, Uplink
from tests.realtime_app.client.server import FakeServer

SOUND = (np.arange(200_000) % 20_011).astype(np.int16)


class Scripted:
    """A source that gives what the test says."""

    is_live = True

    def __init__(self, *blocks):
        self._blocks = blocks
        self.stopped = False

    def blocks(self):
        yield from self._blocks

    def stop(self):
        self.stopped = True


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(uplink_module, "FIRST_WAIT_S", 0.01)


@pytest.fixture
def tape(tmp_path):
    return Tape(tmp_path / "tape")


def record(server, source, tape, **options):
    uplink = Uplink(server.url, "a token", tape, Device("Laptop"))
    return Recorder(source, tape, uplink, **options).run()


async def test_all_of_a_source_comes_to_the_server(tape):
    async with FakeServer() as server:
        assert await record(server, Scripted(SOUND[:70_000], SOUND[70_000:]), tape) == "stopped"
    assert (server.sound == SOUND).all()
    (hello,) = server.hellos
    assert (hello["token"], hello["key"], hello["label"]) == ("a token", tape.key, "Laptop")
    assert hello["origin"] == server.url


async def test_a_broken_connection_is_replayed_from_what_is_held(tape):
    async with FakeServer(break_at=64_000) as server:
        assert await record(server, Scripted(SOUND), tape) == "stopped"
    assert (server.sound == SOUND).all()
    assert [hello["token"] for hello in server.hellos] == ["a token", "for this capture"]


async def test_a_frame_that_the_server_misses_is_sent_again(tape):
    async with FakeServer() as server:
        server.resend_once = True
        assert await record(server, Scripted(SOUND), tape) == "stopped"
    assert (server.sound == SOUND).all()


async def test_what_a_device_lost_is_declared_in_its_place(tape):
    async with FakeServer() as server:
        await record(server, Scripted(SOUND[:1000], Lost(500), SOUND[1000:2000]), tape)
    assert server.gaps == [(1000, 1500, "lost")]
    expected = np.concatenate((SOUND[:1000], np.zeros(500, np.int16), SOUND[1000:2000]))
    assert (server.sound == expected).all()


async def test_a_capture_goes_on_where_a_killed_program_left_it(tape, tmp_path):
    tape.add(SOUND[:90_000])
    tape.keep_token("for this capture")
    async with FakeServer() as server:
        server.sound = SOUND[:50_000]
        await record(server, Scripted(SOUND[90_000:]), Tape(tmp_path / "tape"))
    assert (server.sound == SOUND).all()
    assert server.hellos[0]["token"] == "for this capture"


async def test_a_refusal_ends_it_and_keeps_what_was_recorded(tape):
    async with FakeServer(refuse=(CLOSE_REFUSED, "refused", "Not here.")) as server:
        with pytest.raises(Barred, match="Not here"):
            await record(server, Scripted(SOUND), tape)
    assert tape.next == tape.unsent


async def test_an_old_token_of_the_capture_gives_way_to_a_new_one_of_the_session(tape):
    tape.keep_token("old")
    async with FakeServer(refuse=(CLOSE_EXPIRED, "expired", "Log in.")) as server:
        with pytest.raises(Barred):
            await record(server, Scripted(SOUND), tape)
    assert [hello["token"] for hello in server.hellos] == ["old", "a token"]


async def test_a_source_that_fails_leaves_the_capture_open_with_all_that_was_recorded(tape):
    class Failing(Scripted):
        def blocks(self):
            yield SOUND[:3000]
            raise OSError("unplugged")

    async with FakeServer() as server:
        with pytest.raises(OSError, match="unplugged"):
            await record(server, Failing(), tape)
    assert (server.sound == SOUND[:3000]).all()
    assert server.state == "recording"


async def test_stop_sends_what_was_recorded_by_then(tape):
    class Endless(Scripted):
        def blocks(self):
            while not self.stopped:
                yield SOUND[:160]

    async with FakeServer() as server:
        uplink = Uplink(server.url, "a token", tape)
        recorder = Recorder(Endless(), tape, uplink)
        running = asyncio.create_task(recorder.run())
        while not tape.held:
            await asyncio.sleep(0)
        recorder.stop()
        assert await running == "stopped"
    assert len(server.sound) == tape.next


async def test_a_file_is_sent_as_fast_as_can_be_and_never_twice(tape, tmp_path):
    path = tmp_path / "dice.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(SOUND.tobytes())
    tape.add(SOUND[:10_000])
    async with FakeServer() as server:
        await record(server, RecordedFile(path, tape.next), tape, speed=math.inf)
    assert (server.sound == SOUND).all()


async def test_a_file_is_played_at_the_pace_that_was_asked_for(tape):
    source = Scripted(SOUND[:16_000])
    source.is_live = False
    waits = []

    async def wait(self, seconds):
        waits.append(seconds)
        return False

    async with FakeServer() as server:
        uplink = Uplink(server.url, "a token", tape)
        recorder = Recorder(source, tape, uplink, speed=2.0, clock=lambda: 100.0)
        recorder._is_stopped_within = wait.__get__(recorder)
        await recorder.run()
    assert waits == pytest.approx([0.075 * n for n in range(1, 7)] + [0.5])


async def test_recording_ends_at_the_longest_capture_there_may_be(tape, monkeypatch):
    monkeypatch.setattr("tests.realtime_app.client.server.LONGEST", 64_000)

    class Waiting(Scripted):
        def blocks(self):
            yield SOUND[:16_000]
            while not tape.held:
                pass
            yield SOUND[16_000:]

    async with FakeServer() as server:
        assert await record(server, Waiting(), tape) == "stopped"
    assert (server.sound == SOUND[:64_000]).all()


@pytest.mark.parametrize("url", ["host:8000", "ftp://host", "http://"])
def test_an_address_that_is_none_is_refused(url, tape):
    with pytest.raises(ValueError, match="no address"):
        Uplink(url, "", tape)
