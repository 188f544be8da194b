"""Who speaks when, told once more by windows of both lengths; vectors are made up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diarization.both_scales import BothScales, hear_again
from engine.diarization.vector_file import VectorFile
from engine.diarization.windows import Scale, Windows
from engine.embedding import DIMENSION, unit
from engine.values import Span

PEOPLE = np.eye(3, DIMENSION, dtype=np.float32)
ROOM = np.eye(4, DIMENSION, dtype=np.float32)[3]


def spoken(*turns: tuple[int, int]) -> np.ndarray:
    """Who speaks in each 100 ms, from people and how many tenths of a second they speak."""
    return np.repeat(*np.array(turns).T)


def windows_of(who: np.ndarray, room: float = 0.0, noise: float = 0.0, pieces: int = 1) -> Windows:
    """Windows on both scales that hold of each person as much as they speak in there."""
    random = np.random.default_rng(5)
    bounds = np.linspace(0, len(who), pieces + 1).astype(int)
    scales = []
    for length, hop in ((16, 4), (8, 2)):
        file, starts, ends = VectorFile(), [], []
        for begin, end in pairwise(bounds.tolist()):
            last = max(begin, end - length)
            for at in [*range(begin, last, hop), last]:
                heard = PEOPLE[who[at : min(end, at + length)]].mean(axis=0)
                file.append(unit(heard + room * ROOM + noise * unit(random.normal(size=DIMENSION)))[None])
                starts.append(at * 100)
                ends.append(min(end, at + length) * 100)
        scales.append(Scale(np.array(starts), np.array(ends), file.all()))
    spans = tuple(Span(a * 100, b * 100) for a, b in pairwise(bounds.tolist()))
    return Windows(spans, *scales)


def said_by(windows: Windows, who: np.ndarray) -> np.ndarray:
    return who[np.minimum(windows.fine.centres // 100, len(who) - 1)]


WHO = spoken((0, 80), (1, 60), (0, 20), (2, 70), (1, 50))


@pytest.mark.parametrize(("room", "noise"), [(0.0, 0.0), (3.0, 0.0), (1.0, 0.5)])
def test_a_short_turn_under_another_voice_comes_to_its_own(room, noise):
    windows = windows_of(WHO, room, noise)
    truth = said_by(windows, WHO)
    wrong = np.where((windows.fine.centres > 14_000) & (windows.fine.centres < 16_000), 1, truth)
    assert (wrong != truth).sum() >= 9
    heard = hear_again(windows, wrong, unit, lambda: None)
    assert (heard.labels != truth).sum() <= 3  # at changes, by one window
    assert (heard.cosines.argmax(axis=1) != truth).mean() < 0.1


def test_what_two_people_share_does_not_count():
    windows = windows_of(WHO, room=1.0)
    heard = hear_again(windows, said_by(windows, WHO), unit, lambda: None)
    others = np.sort(heard.cosines, axis=1)[:, :-1]
    assert heard.cosines.max(axis=1).mean() > 0.9
    assert others.mean() < 0  # 0.5 as they were recorded


def test_no_voice_vanishes():
    windows = windows_of(spoken((0, 80), (1, 80)))
    labels = said_by(windows, spoken((0, 80), (1, 80)))
    labels[10] = 2
    heard = hear_again(windows, labels, unit, lambda: None)
    assert heard.labels.tolist() == labels.tolist()


def test_one_voice_stays_one():
    windows = windows_of(spoken((0, 40)))
    heard = hear_again(windows, np.zeros(len(windows.fine), np.intp), unit, lambda: None)
    assert set(heard.labels.tolist()) == {0}
    assert heard.cosines == pytest.approx(np.ones((len(windows.fine), 1)), abs=1e-3)


@pytest.mark.parametrize(("change_cost", "stays"), [(1.0, True), (100.0, False)])
def test_a_change_must_be_worth_it(change_cost, stays):
    who = spoken((0, 80), (1, 6), (0, 60), (1, 60))
    windows = windows_of(who)
    heard = hear_again(
        windows, said_by(windows, who), unit, lambda: None, BothScales(change_cost=change_cost)
    )
    assert ((heard.labels == 1) & (windows.fine.centres < 14_000)).any() == stays


def test_it_can_be_stopped():
    def stop() -> None:
        raise InterruptedError

    windows = windows_of(WHO)
    with pytest.raises(InterruptedError):
        hear_again(windows, said_by(windows, WHO), unit, stop)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 40)), min_size=1, max_size=10),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_every_window_has_a_voice_and_every_voice_a_window(turns, pieces, random):
    who = spoken(*turns)
    windows = windows_of(who, noise=0.5, pieces=min(pieces, len(who)))
    labels = np.array([random.randrange(3) for _ in range(len(windows.fine))])
    labels = np.unique(labels, return_inverse=True)[1]
    heard = hear_again(windows, labels, unit, lambda: None)
    assert set(heard.labels.tolist()) == set(labels.tolist())
    assert heard.cosines.shape == (len(windows.fine), labels.max() + 1)
    assert np.isfinite(heard.cosines).all()
