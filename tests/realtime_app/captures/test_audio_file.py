"""The growing file: in order, once, whole again after any death."""

from __future__ import annotations

import os
from itertools import pairwise
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.wav import HEADER_BYTES, PcmFile
from realtime_app.captures.audio_file import (
    CaptureBusy,
    CaptureFile,
    OutOfOrder,
    capture_path,
    held_samples,
    journal_path,
    read_gaps,
)
from realtime_app.captures.inbox import Inbox, Silence, Sound
from sessions_app.disk import DiskFull
from tests.realtime_app.captures.conftest import sound

LENGTH = 4000
WHOLE = sound(LENGTH)


def contents(uuid: UUID) -> np.ndarray:
    return np.frombuffer(capture_path(uuid).read_bytes()[HEADER_BYTES:], "<i2")


def piece(first: int, end: int) -> Sound:
    return Sound(first, WHOLE[first:end].tobytes())


def test_samples_are_kept_where_their_number_says():
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        file.append(1000, WHOLE[1000:].tobytes())
        assert file.sync() == LENGTH == held_samples(uuid)
    assert np.array_equal(contents(uuid), WHOLE)


def test_what_overlaps_is_written_once():
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        file.append(500, WHOLE[500:2000].tobytes())
        file.append(0, WHOLE[:300].tobytes())
        assert file.held == 2000
    assert np.array_equal(contents(uuid), WHOLE[:2000])


def test_later_sound_has_to_wait():
    with CaptureFile(uuid4()) as file, pytest.raises(OutOfOrder):
        file.append(1, WHOLE[:10].tobytes())


def test_a_gap_is_silence_in_its_place_and_takes_no_room():
    uuid = uuid4()
    hour = 3600 * 16_000
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        file.skip(1000, 1000 + hour, "pause")
        file.append(1000 + hour, WHOLE[1000:].tobytes())
        assert file.gaps == [(1000, 1000 + hour, "pause")]
        file.complete()
    assert capture_path(uuid).stat().st_blocks * 512 < 1 << 20
    with PcmFile(capture_path(uuid)) as audio:
        assert audio.duration_ms == (LENGTH + hour) // 16
        assert not audio.read(100, 1000).any()
    assert read_gaps(uuid) == [(1000, 1000 + hour, "pause")]


def test_one_writer_at_a_time():
    uuid = uuid4()
    with CaptureFile(uuid), pytest.raises(CaptureBusy):
        CaptureFile(uuid)
    CaptureFile(uuid).close()


def test_a_full_disk_holds_nothing_of_a_frame(monkeypatch):
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        write = os.pwrite

        def write_half(descriptor, data, at):
            if len(data) > 100:
                return write(descriptor, data[:100], at)
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as small_disk:
            small_disk.setattr("realtime_app.captures.audio_file.os.pwrite", write_half)
            with pytest.raises(DiskFull):
                file.append(1000, WHOLE[1000:2001].tobytes())
        assert file.held == 1000
        file.append(1000, WHOLE[1000:].tobytes())
    assert np.array_equal(contents(uuid), WHOLE)


def test_audio_leaves_room_for_everything_else(monkeypatch):
    monkeypatch.setattr("realtime_app.captures.audio_file.has_room_for_audio", lambda: False)
    with CaptureFile(uuid4()) as file, pytest.raises(DiskFull):
        file.append(0, WHOLE.tobytes())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_and_any_doubling_gives_what_was_said(data):
    cuts = sorted(data.draw(st.sets(st.integers(1, LENGTH - 1), max_size=8)))
    edges = [0, *cuts, LENGTH]
    items = [piece(a, b) for a, b in pairwise(edges)]
    order = data.draw(st.permutations(items + data.draw(st.lists(st.sampled_from(items), max_size=4))))
    uuid, inbox = uuid4(), Inbox()
    with CaptureFile(uuid) as file:
        for item in order:
            inbox.put(item)
            if data.draw(st.booleans()):
                inbox.write(inbox.take(), file)
        assert inbox.write(inbox.take(), file) is False
    assert np.array_equal(contents(uuid), WHOLE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 2 * LENGTH + HEADER_BYTES), torn=st.integers(0, 40))
def test_after_any_death_sending_on_from_what_is_held_makes_it_whole(cut, torn):
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        file.skip(1000, 2000, "lost")
        file.append(2000, WHOLE[2000:].tobytes())
    os.truncate(capture_path(uuid), cut)
    journal = journal_path(uuid).read_bytes()
    journal_path(uuid).write_bytes(journal[: max(0, len(journal) - torn)])
    with CaptureFile(uuid) as file:
        for item in (piece(0, 1000), Silence(1000, 2000, "lost"), piece(2000, LENGTH)):
            if item.end > file.held:
                Inbox().write([item], file)
        assert file.held == LENGTH
        said = WHOLE.copy()
        said[1000:2000] = 0
        kept = contents(uuid)
    assert np.array_equal(kept, said)


def test_what_could_not_be_made_safe_is_not_held(monkeypatch):
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        file.sync()
        file.append(1000, WHOLE[1000:2000].tobytes())
        file.skip(2000, 3000, "lost")

        def fails(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr("realtime_app.captures.audio_file.os.fsync", fails)
            with pytest.raises(DiskFull):
                file.sync()
        assert (file.held, file.gaps) == (1000, [])
        file.append(1000, WHOLE[1000:].tobytes())
        assert file.sync() == LENGTH
    with CaptureFile(uuid) as file:
        assert (file.held, file.gaps) == (LENGTH, [])
    assert np.array_equal(contents(uuid), WHOLE)


def test_a_disk_that_fills_within_the_journal_spoils_nothing(monkeypatch):
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        write = os.write
        with monkeypatch.context() as small_disk:
            small_disk.setattr(
                "realtime_app.captures.audio_file.os.write", lambda fd, data: write(fd, data[:5])
            )
            with pytest.raises(DiskFull):
                file.skip(1000, 2000, "lost")
        assert file.held == 1000
        file.skip(1000, 2000, "lost")
    with CaptureFile(uuid) as file:
        assert (file.held, file.gaps) == (2000, [(1000, 2000, "lost")])


def test_a_journal_that_a_power_cut_spoiled_keeps_no_sound_from_being_read():
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE[:1000].tobytes())
        file.skip(1000, 2000, "lost")
        file.skip(2000, 3000, "pause")
    journal_path(uuid).write_bytes(b'[1000, 2000, "lost"]\n\0\0\0\xff\0\n')
    with CaptureFile(uuid) as file:
        assert (file.held, file.gaps) == (3000, [(1000, 2000, "lost")])
