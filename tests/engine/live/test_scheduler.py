"""Whose turn it is: lines first, nobody forgotten, and drafts only as fast as the machine makes them."""

from __future__ import annotations

from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.live.config import DraftConfig, LiveConfig
from engine.live.scheduler import Scheduler
from engine.live.transcriber import LiveTranscriber
from engine.live.values import Final
from tests.engine.live.fakes import FakeDetector, FakeRecogniser, speech


def capture(*layouts: tuple[int, int]) -> LiveTranscriber:
    one = LiveTranscriber(uuid4(), detector=FakeDetector)
    one.feed(speech(layouts))
    return one


def scheduled(*captures: LiveTranscriber, config: DraftConfig | None = None) -> Scheduler:
    scheduler = Scheduler(config or DraftConfig())
    for one in captures:
        scheduler.add(one)
    return scheduler


def test_nothing_waits_in_silence() -> None:
    assert scheduled(capture((3000, 0))).next(0.0) is None


def test_line_comes_before_the_draft_of_a_capture_that_waited_longer() -> None:
    speaking, ended = capture((500, 8)), capture((500, 3), (800, 0))
    scheduler = scheduled(speaking, ended)
    chosen = scheduler.next(0.0)
    assert chosen is not None
    one, job = chosen
    assert one is ended
    assert job.final
    one.perform(job, FakeRecogniser())
    scheduler.done(one, job, 0.1)
    chosen = scheduler.next(0.1)
    assert chosen is not None
    assert chosen[0] is speaking
    assert not chosen[1].final


def test_no_drafts_while_a_line_is_late() -> None:
    speaking, late = capture((500, 8)), capture((500, 3), (4000, 0))
    scheduler = scheduled(speaking, late)
    chosen = scheduler.next(0.0)
    assert chosen is not None
    assert chosen[0] is late
    scheduler.remove(speaking)
    late._busy = True  # in another thread's hands
    scheduler.add(speaking)
    assert scheduler.behind_ms > 2_000
    assert scheduler.next(0.0) is None


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=5))
def test_captures_take_turns(counts: list[int]) -> None:
    captures = [capture(*((800, 2) for _ in range(count)), (800, 0)) for count in counts]
    scheduler, served = scheduled(*captures), dict.fromkeys(captures, 0)
    recogniser = FakeRecogniser()
    while (chosen := scheduler.next(0.0)) is not None:
        one, job = chosen
        assert isinstance(one.perform(job, recogniser), Final)
        scheduler.done(one, job, 0.1)
        served[one] += 1
        waiting = [served[other] for other in captures if other.waiting(0.0) is not None]
        assert not waiting or served[one] - min(waiting) <= 1
    assert list(served.values()) == counts


def test_drafts_get_rarer_where_they_take_long_and_with_more_captures() -> None:
    captures = [capture((500, 8)), capture((500, 8))]
    scheduler = scheduled(*captures, config=DraftConfig(every_ms=500, share=0.5))
    assert scheduler.draft_every_s == 0.5
    chosen = scheduler.next(0.0)
    assert chosen is not None
    scheduler.done(*chosen, 1.0)
    assert scheduler.draft_every_s == pytest.approx(4.0)
    captures[1].feed(np.zeros(32_000, np.float32))
    job = captures[1].waiting(0.0)
    assert job is not None
    captures[1].perform(job, FakeRecogniser())
    assert scheduler.draft_every_s == pytest.approx(2.0)


def test_drafts_get_frequent_again_when_they_are_quick_again() -> None:
    scheduler = scheduled(capture((500, 8)))
    chosen = scheduler.next(0.0)
    assert chosen is not None
    scheduler.done(*chosen, 5.0)
    for _ in range(20):
        scheduler.done(*chosen, 0.01)
    assert scheduler.draft_every_s == 0.5


def test_capture_that_left_is_not_served() -> None:
    one = capture((500, 8))
    scheduler = scheduled(one)
    scheduler.remove(one)
    scheduler.remove(one)
    assert scheduler.captures == ()
    assert scheduler.next(0.0) is None
    assert LiveConfig().drafts == DraftConfig()
