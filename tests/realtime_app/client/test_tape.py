import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_app.client import tape as tape_module
from realtime_app.client.tape import Gap, Sound, Tape, unfinished


def counting(first, end):
    return (np.arange(first, end) % 30_000).astype(np.int16)


def read_all(tape, at=0, most=64_000):
    parts = []
    while (part := tape.read(at, most)) is not None:
        parts.append(part)
        at = part.end
    return parts


@pytest.fixture
def short_reels(monkeypatch):
    monkeypatch.setattr(tape_module, "REEL", 100)


def test_what_was_added_is_read_across_reels(tmp_path, short_reels):
    tape = Tape(tmp_path / "t")
    tape.add(counting(0, 250))
    parts = read_all(tape, 30)
    assert [(part.first, part.end) for part in parts] == [(30, 100), (100, 200), (200, 250)]
    assert (np.concatenate([part.samples for part in parts]) == counting(30, 250)).all()
    assert tape.read(250, 10) is None


def test_gaps_are_read_in_their_place(tmp_path, short_reels):
    tape = Tape(tmp_path / "t")
    tape.add(counting(0, 50))
    tape.skip(330, "lost")
    tape.add(counting(330, 350))
    first, gap, last = read_all(tape)
    assert (first.first, first.end) == (0, 50)
    assert gap == Gap(50, 330, "lost")
    assert (last.samples == counting(330, 350)).all()
    assert tape.read(100, 10) == Gap(100, 330, "lost")


def test_files_that_are_held_are_removed_but_the_last(tmp_path, short_reels):
    tape = Tape(tmp_path / "t")
    tape.add(counting(0, 250))
    tape.hold(199)
    assert sorted(path.name for path in tape.folder.glob("*.pcm")) == ["000001.pcm", "000002.pcm"]
    tape.hold(250)
    assert [path.name for path in tape.folder.glob("*.pcm")] == ["000002.pcm"]
    assert Tape(tmp_path / "t").next == 250


def test_what_the_server_held_once_and_lost_is_a_gap(tmp_path, short_reels):
    tape = Tape(tmp_path / "t")
    tape.add(counting(0, 250))
    tape.hold(200)
    assert tape.read(120, 10) == Gap(120, 200, "lost")


def test_a_killed_program_finds_its_tape_again(tmp_path):
    tape = Tape(tmp_path / "a", "dice.wav")
    tape.add(counting(0, 100))
    tape.keep_token("secret")
    tape.skip(160, "lost")
    again = Tape(unfinished(tmp_path, "dice.wav"))
    assert (again.key, again.token, again.next) == (tape.key, "secret", 160)
    again.add(counting(160, 170))
    assert [type(part) for part in read_all(again)] == [Sound, Gap, Sound]
    assert unfinished(tmp_path, "other.wav") is None


def test_only_its_owner_reads_the_tape(tmp_path):
    tape = Tape(tmp_path / "t")
    tape.keep_token("secret")
    assert tape.folder.stat().st_mode & 0o077 == 0
    assert (tape.folder / "tape.json").stat().st_mode & 0o077 == 0


def test_a_tape_that_is_done_leaves_nothing(tmp_path):
    tape = Tape(tmp_path / "t")
    tape.add(counting(0, 10))
    tape.remove()
    assert not list(tmp_path.iterdir())


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 230)), max_size=12), st.integers(1, 90), st.data())
def test_nothing_is_lost_or_doubled_whatever_is_held(tmp_path_factory, steps, most, data):
    reel, tape_module.REEL = tape_module.REEL, 100
    try:
        tape = Tape(tmp_path_factory.mktemp("tape") / "t")
        expected = np.zeros(0, np.int16)
        for is_gap, count in steps:
            samples = counting(tape.next, tape.next + count)
            expected = np.concatenate((expected, np.zeros(count, np.int16) if is_gap else samples))
            if is_gap:
                tape.skip(tape.next + count, "lost")
            else:
                tape.add(samples)
        tape = Tape(tape.folder)
        assert tape.next == len(expected)
        held = data.draw(st.integers(0, len(expected)))
        tape.hold(held)
        at = held
        for part in read_all(tape, held, most):
            assert part.first == at
            found = np.zeros(part.end - at, np.int16) if isinstance(part, Gap) else part.samples
            assert (found == expected[at : part.end]).all()
            at = part.end
        assert at == len(expected)
    finally:
        tape_module.REEL = reel
