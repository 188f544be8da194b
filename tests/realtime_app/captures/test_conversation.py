"""The socket of a capture, as a device meets it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.core import signing
from django.db import OperationalError

from engine.wav import HEADER_BYTES
from realtime_app import capture_consumer
from realtime_app.capture_consumer import CaptureConsumer
from realtime_app.captures import audio_file, row, tokens
from realtime_app.captures.audio_file import capture_path
from realtime_app.captures.ending import finish, stop
from realtime_app.captures.protocol import (
    CLOSE_BAD_FRAME,
    CLOSE_EXPIRED,
    CLOSE_LIMIT,
    CLOSE_REFUSED,
    CLOSE_SUPERSEDED,
    HEADER,
    pack_frame,
)
from realtime_app.models import Capture, CaptureState
from scribe_site.config import get_config
from sessions_app.models import Membership, Recording, Run, Segment, Session, Tier
from sessions_app.told import in_words
from tests.realtime_app.captures.conftest import Device, sound

pytestmark = pytest.mark.django_db(transaction=True)

WHOLE = sound(8000)


def contents(capture: Capture) -> np.ndarray:
    return np.frombuffer(capture_path(capture.uuid).read_bytes()[HEADER_BYTES:], "<i2")


def in_storage(recording: Recording) -> np.ndarray:
    with recording.file.open() as file:
        return np.frombuffer(file.read()[HEADER_BYTES:], "<i2")


@sync_to_async
def the_capture() -> Capture:
    return Capture.objects.select_related("session", "recording").get()


@sync_to_async
def a_run_of(session: Session) -> Run | None:
    return session.runs.first()


async def test_what_is_acknowledged_is_on_disk(device):
    ready = await device.begin()
    assert (ready["type"], ready["held"], ready["label"]) == ("ready", 0, "Laptop")
    await device.send(0, WHOLE[:4000])
    await device.send(4000, WHOLE[4000:])
    await device.until("held", samples=8000)
    assert np.array_equal(contents(await the_capture()), WHOLE)
    await device.leave()


async def test_a_lost_connection_goes_on_with_the_captures_own_token(device):
    await device.begin()
    await device.send(0, WHOLE[:4000])
    await device.until("held", samples=4000)
    await device.leave()
    again = Device(device.hello["token"])
    assert (await again.begin())["held"] == 4000
    await again.send(2000, WHOLE[2000:])
    await again.until("held", samples=8000)
    assert np.array_equal(contents(await the_capture()), WHOLE)
    await again.leave()


async def test_asking_twice_to_begin_makes_one_capture(token):
    for _ in range(2):
        device = Device(token)
        await device.begin()
        await device.leave()
    assert await sync_to_async(Capture.objects.count)() == 1


async def test_frames_out_of_order_are_put_in_order(device):
    await device.begin()
    for first in (2000, 0, 6000, 4000, 4000):
        await device.send(first, WHOLE[first : first + 2000])
    await device.until("held", samples=8000)
    assert np.array_equal(contents(await the_capture()), WHOLE)
    await device.leave()


async def test_what_is_missing_is_asked_for(device):
    await device.begin()
    await device.send(4000, WHOLE[4000:])
    assert (await device.until("resend"))["first"] == 0
    await device.send(0, WHOLE[:4000])
    await device.until("held", samples=8000)
    await device.leave()


async def test_a_declared_gap_is_silence(device):
    await device.begin()
    await device.send(0, WHOLE[:1000])
    await device.say({"type": "gap", "first": 1000, "end": 5000, "reason": "pause"})
    await device.send(5000, WHOLE[5000:])
    await device.until("held", samples=8000)
    heard = contents(await the_capture())
    assert not heard[1000:5000].any()
    assert np.array_equal(heard[5000:], WHOLE[5000:])
    await device.leave()
    assert (await the_capture()).gaps == [[1000, 5000, "pause"]]


@pytest.mark.parametrize(
    "lie",
    [
        b"short",
        HEADER.pack(0, 100) + b"\0" * 198,
        HEADER.pack(0, 0),
        HEADER.pack(0, 100_000) + b"\0" * 200_000,
        HEADER.pack(2**63, 1) + b"\0\0",
    ],
    ids=["no header", "shorter than said", "empty", "too long", "beyond all captures"],
)
async def test_a_frame_that_lies_is_refused_and_what_was_said_before_kept(device, lie):
    await device.begin()
    await device.send(0, WHOLE)
    await device.until("held", samples=8000)
    await device.socket.send_to(bytes_data=lie)
    assert (await device.until("refused"))["reason"] == "bad-frame"
    assert await device.closed() == CLOSE_BAD_FRAME
    assert np.array_equal(contents(await the_capture()), WHOLE)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "gap", "first": 5, "end": 5, "reason": "pause"},
        {"type": "gap", "first": 0, "end": 2**60, "reason": "pause"},
        {"type": "gap", "first": 0, "end": 10, "reason": "because"},
        {"type": "gap", "first": True, "end": 10, "reason": "lost"},
        {"type": "stop", "samples": -1},
        {"type": "sing"},
    ],
)
async def test_a_message_that_makes_no_sense_is_refused(device, message):
    await device.begin()
    await device.say(message)
    await device.until("refused", reason="bad-frame")
    assert await device.closed() == CLOSE_BAD_FRAME


async def test_nobody_sends_sound_before_hello(token):
    device = Device(token)
    await device.socket.connect()
    await device.send(0, WHOLE)
    assert await device.closed() == CLOSE_BAD_FRAME


async def test_who_says_nothing_is_shown_out(token, monkeypatch):
    monkeypatch.setattr(capture_consumer, "HELLO_WITHIN_S", 0.01)
    device = Device(token)
    await device.socket.connect()
    assert await device.closed() == CLOSE_REFUSED


@pytest.mark.parametrize("who", ["vera", "otto"])
async def test_who_may_not_change_the_session_may_not_record(who, session, viewer, outsider):
    user = {"vera": viewer, "otto": outsider}[who]
    device = Device(tokens.session_token(user, session))
    answer = await device.begin()
    assert (answer["type"], answer["reason"]) == ("refused", "refused")
    assert await device.closed() == CLOSE_REFUSED
    assert not await sync_to_async(Capture.objects.exists)()


@pytest.mark.parametrize(
    "token",
    ["", "nonsense", signing.dumps({"user": 1}, salt="another")],
    ids=["none", "nonsense", "another's"],
)
async def test_a_forged_token_opens_nothing(token):
    device = Device(token)
    assert (await device.begin())["reason"] == "refused"
    assert await device.closed() == CLOSE_REFUSED


async def test_an_expired_token_says_so(token, monkeypatch):
    monkeypatch.setattr(tokens, "SESSION_LIFETIME", timedelta(seconds=-1))
    device = Device(token)
    assert (await device.begin())["reason"] == "expired"
    assert await device.closed() == CLOSE_EXPIRED


async def test_who_is_no_member_any_more_is_stopped_in_mid_recording(device, editor, monkeypatch):
    monkeypatch.setattr(row, "RIGHTS_EVERY_S", 0.0)
    await device.begin()
    await device.send(0, WHOLE[:4000])
    await device.until("held", samples=4000)
    await sync_to_async(Membership.objects.filter(user=editor).delete)()
    await device.send(4000, WHOLE[4000:])
    await device.until("refused", reason="refused")
    assert await device.closed() == CLOSE_REFUSED


async def test_a_newer_connection_takes_over(device):
    await device.begin()
    await device.send(0, WHOLE[:4000])
    newer = Device(device.hello["token"])
    assert (await newer.begin())["held"] == 4000
    await device.until("refused", reason="superseded")
    assert await device.closed() == CLOSE_SUPERSEDED
    await newer.send(4000, WHOLE[4000:])
    await newer.until("held", samples=8000)
    await newer.leave()


async def test_a_campaign_has_a_limit(token, monkeypatch):
    monkeypatch.setattr(get_config(), "captures_per_campaign", 1)
    first, second = Device(token), Device(token, key="another-device")
    await first.begin()
    assert (await second.begin())["reason"] == "limit"
    assert await second.closed() == CLOSE_LIMIT
    await first.leave()


async def test_a_capture_has_a_longest_length(device, monkeypatch):
    monkeypatch.setattr(get_config(), "capture_max_hours", 1000 / 16_000 / 3600)
    assert (await device.begin())["most_samples"] == 0 * 16_000
    await device.send(0, WHOLE)
    await device.until("refused", reason="limit")
    assert await device.closed() == CLOSE_LIMIT


async def test_a_full_disk_acknowledges_nothing_and_loses_nothing(device, monkeypatch):
    await device.begin()
    with monkeypatch.context() as full:
        full.setattr(audio_file, "has_room_for_audio", lambda: False)
        await device.send(0, WHOLE)
        await device.until("disk-full")
        await device.until("disk-full")
        assert len(contents(await the_capture())) == 0
    await device.until("disk-back")
    await device.until("held", samples=8000)
    assert np.array_equal(contents(await the_capture()), WHOLE)
    await device.leave()


async def test_stop_makes_a_recording_and_starts_the_run(device, session, at_once):
    await device.begin()
    await device.send(0, WHOLE[:1000])
    await device.say({"type": "gap", "first": 1000, "end": 33_000, "reason": "lost"})
    await device.send(33_000, WHOLE)
    await device.say({"type": "stop", "samples": 41_000})
    assert (await device.until("finished"))["state"] == "stopped"
    capture = await the_capture()
    assert capture.state == CaptureState.STOPPED
    await sync_to_async(finish)(capture.pk)
    await sync_to_async(finish)(capture.pk)  # twice does no harm
    capture = await the_capture()
    recording = capture.recording
    assert capture.state == CaptureState.FINISHED
    assert recording.uuid == capture.uuid
    assert recording.duration_ms == 41_000 // 16
    assert [in_words(warning) for warning in recording.warnings] == ["2 s were not recorded at 0:00."]
    assert "Laptop" in recording.original_name
    assert np.array_equal(in_storage(recording)[33_000:], WHOLE)
    assert not capture_path(capture.uuid).exists()
    assert (await a_run_of(session)).inputs["recordings"][0]["uuid"] == str(capture.uuid)


async def test_stop_waits_for_all_that_was_recorded(device):
    await device.begin()
    await device.send(0, WHOLE[:4000])
    await device.say({"type": "stop", "samples": 8000})
    assert (await device.until("resend"))["first"] == 4000
    await device.send(4000, WHOLE[4000:])
    await device.until("finished")
    assert (await the_capture()).held == 8000


async def test_a_stop_whose_answer_was_lost_is_answered_again(device, at_once):
    await device.begin()
    await device.send(0, WHOLE)
    await device.say({"type": "stop", "samples": 8000})
    await device.until("finished")
    again = Device(device.hello["token"])
    assert (await again.begin())["held"] == 8000
    await again.say({"type": "stop", "samples": 8000})
    await again.until("finished")
    assert (await the_capture()).state == CaptureState.STOPPED


async def test_a_connection_that_ends_right_after_a_frame_lets_go(device):
    consumer = CaptureConsumer.here[UUID((await device.begin())["capture"])]
    for _ in range(10):
        await asyncio.sleep(0)  # until it waits for news
    async with asyncio.timeout(2) as patience:
        await consumer.receive(bytes_data=pack_frame(0, WHOLE))
        await consumer.disconnect(1000)
    assert not patience.expired()
    assert (await the_capture()).held == len(WHOLE)


async def test_the_run_waits_for_the_other_device(token, session, at_once):
    first, second = Device(token), Device(token, key="the-other-device")
    await first.begin()
    assert (await second.begin())["offset_ms"] >= 0
    for device in (first, second):
        await device.send(0, WHOLE if device is first else WHOLE[::-1].copy())
        await device.say({"type": "stop", "samples": 8000})
        await device.until("finished")
        stopped = await sync_to_async(Capture.objects.filter(state=CaptureState.STOPPED).first)()
        await sync_to_async(finish)(stopped.pk)
        assert bool(await a_run_of(session)) is (device is second)
    offsets = await sync_to_async(list)(Recording.objects.values_list("offset_ms", flat=True))
    assert None not in offsets


async def test_a_device_that_comes_back_late_makes_the_recording_longer(device, session, at_once):
    await device.begin()
    await device.send(0, WHOLE[:4000])
    await device.say({"type": "stop", "samples": 4000})
    await device.until("finished")
    await sync_to_async(finish)((await the_capture()).pk)
    before = (await the_capture()).recording.file.name
    again = Device(device.hello["token"])
    assert (await again.begin())["state"] == "finished"
    await again.send(4000, WHOLE[4000:])
    await again.until("held", samples=8000)
    assert (await the_capture()).state == CaptureState.RECORDING
    await again.say({"type": "stop", "samples": 8000})
    await again.until("finished")
    await sync_to_async(finish)((await the_capture()).pk)
    capture = await the_capture()
    assert np.array_equal(in_storage(capture.recording), WHOLE)
    assert not capture.recording.file.storage.exists(before)
    assert (await sync_to_async(Recording.objects.count)()) == 1
    assert (await a_run_of(session)).inputs["recordings"][0]["sha256"] == capture.recording.sha256


async def test_discard_leaves_nothing(device, session):
    await device.begin()
    await device.send(0, WHOLE)
    await device.until("held", samples=8000)
    capture = await the_capture()
    await sync_to_async(Segment.objects.create)(
        session=session, capture=capture.uuid, tier=Tier.FINAL, position=0, start_ms=0, end_ms=1, text="no"
    )
    await device.say({"type": "discard"})
    assert (await device.until("finished"))["state"] == "discarded"
    assert not capture_path(capture.uuid).exists()
    assert not await sync_to_async(Segment.objects.exists)()
    again = Device(device.hello["token"])
    await again.socket.connect()
    await again.say(again.hello)
    assert (await again.until("finished"))["state"] == "discarded"


async def test_pause_shows(device):
    await device.begin()
    await device.say({"type": "pause"})
    await device.send(0, WHOLE)
    await device.until("held", samples=8000)
    assert (await the_capture()).state == CaptureState.PAUSED
    await device.say({"type": "resume"})
    await device.send(8000, WHOLE)
    await device.until("held", samples=16_000)
    assert (await the_capture()).state == CaptureState.RECORDING
    await device.leave()


async def test_redis_is_not_needed_to_record(device, monkeypatch):
    def gone(*args: object, **kwargs: object) -> None:
        raise ConnectionError("Redis is gone")

    monkeypatch.setattr("realtime_app.live.publishing.get_channel_layer", gone)
    await device.begin()
    await device.send(0, WHOLE)
    await device.until("held", samples=8000)
    await device.say({"type": "pause"})
    await device.say({"type": "stop", "samples": 8000})
    await device.until("finished")


async def test_sound_that_the_disk_took_back_is_asked_for_again(device, monkeypatch):
    await device.begin()
    await device.send(0, WHOLE[:4000])
    await device.until("held", samples=4000)

    def fails(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(audio_file.os, "fsync", fails)
        await device.send(4000, WHOLE[4000:])
        await device.until("disk-full")
    await device.until("disk-back")
    assert (await device.until("held"))["samples"] == 4000
    assert (await device.until("resend"))["first"] == 4000
    await device.send(4000, WHOLE[4000:])
    await device.until("held", samples=8000)
    await device.leave()
    assert np.array_equal(contents(await the_capture()), WHOLE)


async def test_a_late_device_on_a_full_disk_need_not_send_twice(device, at_once, monkeypatch):
    await device.begin()
    await device.send(0, WHOLE[:4000])
    await device.say({"type": "stop", "samples": 4000})
    await device.until("finished")
    await sync_to_async(finish)((await the_capture()).pk)
    again = Device(device.hello["token"])
    await again.begin()

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as no_room:
        no_room.setattr("realtime_app.captures.reopening.shutil.copyfileobj", full)
        await again.send(4000, WHOLE[4000:])
        await again.until("disk-full")
    await again.until("held", samples=8000)
    await again.leave()
    assert np.array_equal(contents(await the_capture()), WHOLE)


async def test_a_long_pause_is_not_taken_for_a_lost_device(device, monkeypatch):
    monkeypatch.setattr(capture_consumer, "QUIET_S", 0.01)
    monkeypatch.setattr(row, "STORE_EVERY_S", 0.0)
    await device.begin()
    await device.say({"type": "pause"})
    long_ago = (await the_capture()).created_at - timedelta(hours=3)
    await sync_to_async(Capture.objects.update)(heard_at=long_ago)
    for _ in range(500):
        if (await the_capture()).heard_at > long_ago:
            break
    assert (await the_capture()).heard_at > long_ago
    await device.leave()


async def test_a_capture_that_was_taken_for_over_goes_on_with_its_device(device, monkeypatch):
    monkeypatch.setattr(row, "STORE_EVERY_S", 0.0)
    await device.begin()
    await device.send(0, WHOLE[:4000])
    await device.until("held", samples=4000)
    await sync_to_async(stop)(await the_capture())
    await device.send(4000, WHOLE[4000:])
    await device.until("held", samples=8000)
    await device.send(8000, WHOLE[:1000])
    # The row follows each acknowledgement, and so the first of the two.
    await device.until("held", samples=9000)
    await device.leave()
    capture = await the_capture()
    assert (capture.state, capture.held) == (CaptureState.RECORDING, 9000)


async def test_a_database_that_fails_for_a_moment_does_not_stop_a_recording(device, monkeypatch):
    monkeypatch.setattr(row, "STORE_EVERY_S", 0.0)

    def fails(capture: Capture) -> bool:
        raise OperationalError("the database is locked")

    await device.begin()
    with monkeypatch.context() as locked:
        locked.setattr(row, "may_record", fails)
        await device.send(0, WHOLE[:4000])
        await device.until("held", samples=4000)
    await device.send(4000, WHOLE[4000:])
    await device.until("held", samples=8000)
    await device.leave()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 8000,
        '{"type": "hello", "token": "\\ud800"}',
        '{"type": "hello", "token": "\\u0000"}',
        '{"type": 1}',
    ],
    ids=["deep", "half a character", "nothing", "no type"],
)
async def test_nobody_upsets_the_server_with_strange_text(text):
    device = Device("")
    await device.socket.connect()
    await device.socket.send_to(text_data=text)
    assert await device.closed() in (CLOSE_BAD_FRAME, CLOSE_REFUSED)


@pytest.mark.parametrize("key", ["\ud800" * 8, "\0" * 8, "short", 8])
async def test_a_strange_key_begins_nothing(token, key):
    device = Device(token, key)
    await device.socket.connect()
    await device.socket.send_to(text_data=json.dumps(device.hello))
    assert await device.closed() == CLOSE_BAD_FRAME


async def test_a_strange_label_is_shown_as_far_as_it_can_be(device):
    device.hello["label"] = "My\0 \ud800 phone \N{MICROPHONE}\n"
    assert (await device.begin())["label"] == "My  phone \N{MICROPHONE}"
    await device.leave()
