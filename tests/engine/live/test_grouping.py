"""How windows of the last minutes join the voices that the session has: vectors that are made up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diarization.windows import Scale, Windows
from engine.embedding import unit
from engine.live.grouping import Group, GroupConfig, regroup
from engine.live.recent import InMemory, RecentUtterance, set_in_a_row
from engine.values import Span

FACES = np.linalg.qr(np.random.default_rng(3).normal(size=(16, 16)))[0].T.astype(np.float32)


def windows(order, seed=0):
    """Returns the windows of people who say two seconds each, with a pause between."""
    random = np.random.default_rng(seed)
    pieces, starts, vectors = [], [], []
    for number, person in enumerate(order):
        piece = Span(number * 3_000, number * 3_000 + 2_000)
        pieces.append(piece)
        for start in range(piece.start_ms, piece.end_ms - 799, 400):
            starts.append(start)
            vectors.append(unit((FACES[person] + 0.3 * unit(random.normal(size=16))).astype(np.float32)))
    scale = Scale(np.array(starts), np.array(starts) + 800, InMemory(np.array(vectors)))
    return Windows(tuple(pieces), scale, scale)


def anchor(person, voice, windows=100):
    return Group(FACES[person].astype(np.float64) * windows, windows, windows, voice)


def grouped(found, anchors=(), held=None, may_join=lambda _one, _two: True, **more):
    free = np.full(len(found.fine), -1, np.intp)
    return regroup(found, anchors, free if held is None else held, GroupConfig(**more), unit, may_join)


def voices(got):
    """Returns the voice of each window, or minus the group where it has none."""
    return [got.groups[label].voice or -int(label) - 1 for label in got.labels]


def test_windows_join_the_voice_that_they_are_like():
    got = grouped(windows([0, 1, 0]), [anchor(1, 7), anchor(0, 3)])
    assert voices(got) == [3] * 4 + [7] * 4 + [3] * 4
    assert got.joined == ()


def test_somebody_new_is_a_group_without_a_voice():
    got = grouped(windows([0, 2, 2]), [anchor(0, 3), anchor(1, 7)])
    assert voices(got)[:4] == [3] * 4
    assert len(set(voices(got)[4:])) == 1
    assert voices(got)[4] < 0


def test_voices_that_are_one_person_are_joined_unless_somebody_knows_better():
    one, two = anchor(0, 3), anchor(0, 7, windows=5)
    assert grouped(windows([0]), [one, two]).joined == ((7, 3),)
    assert grouped(windows([0]), [one, two], may_join=lambda *_: False).joined == ()


def test_held_windows_stay_and_teach():
    found = windows([0, 1, 1])
    held = np.full(len(found.fine), -1, np.intp)
    held[4:8] = 9
    got = grouped(found, [anchor(0, 3), Group(np.zeros(16), 0, 0, 9)], held)
    assert voices(got) == [3] * 4 + [9] * 8


def test_anchors_are_left_as_they_were():
    one = anchor(0, 3)
    before = one.total.copy()
    grouped(windows([0, 0, 1]), [one])
    assert np.array_equal(one.total, before)
    assert (one.clear, one.count) == (100, 100)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.sets(st.integers(0, 3)))
def test_every_window_is_in_a_group_and_every_voice_is_one_group(order, known):
    got = grouped(windows(order), [anchor(person, person + 1) for person in sorted(known)])
    assert set(got.labels) <= set(range(len(got.groups)))
    numbers = [group.voice for group in got.groups if group.voice is not None]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("orders", [[[0], [1, 2]], [[0, 1, 0]], [[2], [2], [1]]])
def test_utterances_in_a_row_keep_their_order_and_do_not_touch(orders):
    utterances = [RecentUtterance(0, windows(order)) for order in orders]
    row = set_in_a_row(utterances)
    assert len(row.pieces) == sum(len(order) for order in orders)
    assert all(one.end_ms < two.start_ms for one, two in zip(row.pieces, row.pieces[1:], strict=False))
    assert list(row.fine.starts) == sorted(row.fine.starts)
    expected = np.concatenate([u.windows.fine.vectors.read() for u in utterances])
    assert np.array_equal(row.fine.vectors.read(), expected)
