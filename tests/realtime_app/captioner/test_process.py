"""The captioner's loop: every line once, whatever breaks and whoever dies."""

from __future__ import annotations

import threading
from uuid import uuid5

import numpy as np
import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ModelMissing
from realtime_app.captioner import captioned as captioned_module
from realtime_app.captioner import process as process_module
from realtime_app.captioner.claims import Claims
from realtime_app.captioner.process import IDLE_S, Captioner
from realtime_app.models import Capture, CaptureState
from sessions_app.models import Recording, Run, Segment, Session, Stage, StageName, State, Voice
from tests.realtime_app.captioner.table import (
    Audience,
    NumberVoices,
    TableEngine,
    Tape,
    evening,
    silence,
    speech,
)

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class OwnLeases:
    """Leases of a captioner that is alone."""

    def __init__(self) -> None:
        self.held: set = set()
        self.load = 0

    def free(self, sessions):
        return [session for session in sessions if session not in self.held]

    def take(self, session) -> bool:
        self.held.add(session)
        return True

    def give_back(self, session) -> None:
        self.held.discard(session)

    def loads_of_others(self):
        return {}

    def tell_load(self, captures: int) -> None:
        self.load = captures


def finish(capture: Capture) -> None:
    recording = Recording.objects.create(
        uuid=capture.uuid, session=capture.session, file="x.wav", size=1, sha256=f"{capture.pk:064}"
    )
    Capture.objects.filter(pk=capture.pk).update(state=CaptureState.FINISHED, recording=recording)


class Table:
    """Tapes of captures, and captioners one after the other."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.tapes: dict = {}
        self.clock = Clock()
        self.engine = TableEngine()
        self.audience = Audience()
        self.leases = OwnLeases()
        self.loads = 0
        self.expecting = False
        self.captioner = self.another()

    def another(self) -> Captioner:
        self.leases.held.clear()
        claims = Claims(self.leases, self.clock)
        self.captioner = Captioner(
            self._load, self._open, claims, self.audience, lambda: self.expecting, self.clock
        )
        return self.captioner

    def _load(self) -> TableEngine:
        self.loads += 1
        return self.engine

    def _open(self, capture: Capture) -> Tape:
        return self.tapes[capture.uuid]

    def record(self, samples, session: Session | None = None, **fields) -> Capture:
        tape = Tape(samples)
        capture = Capture.objects.create(
            session=session or self.session, key=f"key {len(self.tapes)}", **{"held": tape.there} | fields
        )
        self.tapes[capture.uuid] = tape
        if capture.state == CaptureState.FINISHED:
            finish(capture)
        return capture

    def run(self, steps: int = 40) -> None:
        for _ in range(steps):
            self.clock.now += 0.1
            self.captioner.step()

    def said(self, capture: Capture | None = None) -> list[int]:
        lines = Segment.objects.all() if capture is None else Segment.objects.filter(capture=capture.uuid)
        return [int(text) for text in lines.order_by("position").values_list("text", flat=True)]


@pytest.fixture(autouse=True)
def _voices(monkeypatch):
    monkeypatch.setattr("engine.live.voices.LiveVoices", NumberVoices)


@pytest.fixture
def table(session) -> Table:
    return Table(session)


def state_of(capture: Capture) -> tuple[str, int]:
    capture.refresh_from_db()
    return capture.state, capture.captioned_to


def test_what_is_said_becomes_lines_with_voices(table):
    table.record(evening(3, 4, 5))
    table.run()
    assert table.said() == [3, 4, 5]
    assert list(Segment.objects.values_list("voice__number", flat=True)) == [2, 1, 2]
    assert [texts for _, texts, _ in table.audience.finals] == [["3"], ["4"], ["5"]]
    assert table.leases.load == 1


def test_drafts_come_while_somebody_speaks_and_the_final_has_their_id(table):
    capture = table.record(np.concatenate([silence(), speech(7, 60), silence()]))
    tape = table.tapes[capture.uuid]
    tape.there = 30 * 512 + 40 * 512
    table.run(5)
    assert table.audience.drafts[0] == ("", "7")
    assert table.said() == []
    tape.there = len(tape.all)
    table.run(5)
    assert table.said() == [7]


def test_silence_moves_on_without_a_line(table):
    capture = table.record(silence(600))
    table.run()
    assert state_of(capture)[1] > 8 * 16_000
    assert table.said() == []


def test_a_stopped_capture_is_captioned_to_its_end_and_let_go(table):
    capture = table.record(np.concatenate([silence(), speech(7)]), state=CaptureState.STOPPED)
    table.run()
    assert table.said() == [7]
    assert state_of(capture)[1] == capture.held
    assert table.leases.held == set()


def test_a_pause_ends_what_was_being_said(table):
    capture = table.record(np.concatenate([silence(), speech(7), silence(200), speech(8), silence()]))
    tape = table.tapes[capture.uuid]
    tape.there = 50 * 512
    table.run(5)
    assert table.said() == []
    Capture.objects.update(state=CaptureState.PAUSED)
    table.run(15)
    assert table.said() == [7]
    Capture.objects.update(state=CaptureState.RECORDING, gaps=[[50 * 512, 200 * 512, "pause"]])
    tape.there = len(tape.all)
    table.run()
    assert table.said() == [7, 8]


def test_what_a_run_has_heard_is_left_alone(table):
    capture = table.record(evening(3, 4), state=CaptureState.FINISHED)
    run = Run.objects.create(
        session=table.session, inputs={"recordings": [{"uuid": str(capture.uuid)}]}, state=State.RUNNING
    )
    Stage.objects.create(run=run, name=StageName.STORE, state=State.DONE)
    table.run()
    assert table.said() == []
    assert state_of(capture)[1] == capture.held


def test_the_end_is_captioned_while_a_run_has_only_begun(table):
    capture = table.record(evening(3, 4), state=CaptureState.FINISHED)
    Run.objects.create(session=table.session, inputs={"recordings": [{"uuid": str(capture.uuid)}]})
    table.run()
    assert table.said() == [3, 4]


def test_a_long_arrear_is_left_to_the_run_that_brings_it(table):
    capture = table.record(np.concatenate([evening(3), silence(2000)]), state=CaptureState.FINISHED)
    Run.objects.create(session=table.session, inputs={"recordings": [{"uuid": str(capture.uuid)}]})
    table.run()
    assert table.said() == []
    assert state_of(capture)[1] == capture.held


def test_a_capture_whose_lines_a_run_stores_meanwhile_is_dropped(table):
    capture = table.record(evening(3, 4, 5, 6))
    table.run(3)
    assert 3 in table.said()
    run = Run.objects.create(session=table.session, inputs={"recordings": [{"uuid": str(capture.uuid)}]})
    Stage.objects.create(run=run, name=StageName.STORE, state=State.RUNNING)
    finish(capture)
    Segment.objects.all().delete()
    table.run()
    assert table.said() == []
    assert state_of(capture)[1] == capture.held


def test_a_capture_without_its_file_stops_no_other(table):
    broken = table.record(None, held=16_000)
    fine = table.record(evening(3, 4))
    table.run()
    assert table.said() == [3, 4]
    table.tapes[broken.uuid].all = evening(8)
    table.tapes[broken.uuid].there = len(evening(8))
    table.run(600)
    assert table.said(broken) == [8]
    assert table.said(fine) == [3, 4]


def test_its_followers_hear_that_a_broken_capture_has_no_captions(table):
    table.record(None, held=10 * 16_000)
    table.run()
    assert max(table.audience.delays) == 10_000


def test_a_model_that_is_not_there_is_asked_for_again(table, monkeypatch):
    table.record(evening(3))
    missing = [True]

    def load():
        if missing:
            raise ModelMissing("There is no such model.")
        return table.engine

    monkeypatch.setattr(table.captioner, "_load", load)
    table.run()
    assert table.said() == []
    missing.clear()
    table.run(600)
    assert table.said() == [3]


def test_an_utterance_that_always_fails_stays_without_words(table):
    capture = table.record(evening(3, 4, 5))
    table.engine.ears.breaks[4] = RuntimeError("boom")
    table.run(60)
    assert table.said() == [3, 5]
    assert table.engine.ears.finals.count(4) == 3
    assert state_of(capture)[1] > 0


def test_an_utterance_that_fails_once_has_its_words_and_its_voice(table):
    table.record(evening(3, 4))
    ears = table.engine.ears
    ears.breaks[4] = RuntimeError("boom")
    while ears.finals.count(4) < 1:
        table.run(1)
    del ears.breaks[4]
    table.run()
    assert table.said() == [3, 4]
    assert Segment.objects.get(text="4").voice.number == 1


def test_voices_that_fail_cost_no_words(table, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("boom")

    monkeypatch.setattr(NumberVoices, "place", fails)
    table.record(evening(3, 4))
    table.run(60)
    assert table.said() == [3, 4]
    assert not Voice.objects.exists()


def test_a_model_that_fails_whatever_is_said_is_loaded_anew(table):
    table.record(evening(3, 4, 5, 6, 7, 8, 9))
    ears = table.engine.ears
    ears.breaks = {number: RuntimeError("boom") for number in range(3, 10)}
    while table.loads < 2:
        table.run(1)
    ears.breaks.clear()
    table.run()
    assert table.said() == [6, 7, 8, 9]


def test_a_database_that_fails_for_a_while_costs_nothing(table, monkeypatch):
    table.record(evening(3, 4, 5))
    with monkeypatch.context() as broken:

        def fails(*args):
            raise OperationalError("database is locked")

        broken.setattr(captioned_module, "store_final", fails)
        table.run()
        assert table.said() == []
    table.run()
    assert table.said() == [3, 4, 5]


def test_a_line_that_cannot_be_stored_stops_no_other_capture(table):
    broken, fine = table.record(evening(3)), table.record(evening(4))
    taken = uuid5(broken.uuid, str(_first_utterance(table, broken)))
    Segment.objects.create(session=table.session, uuid=taken, position=0, start_ms=0, end_ms=1)
    table.run()
    assert table.said(broken) == []
    assert table.said(fine) == [4]


def _first_utterance(table: Table, capture: Capture) -> int:
    heard = table.engine.transcriber(capture.uuid, 0)
    heard.feed(table.tapes[capture.uuid].all)
    return heard.waiting(0).start


def test_two_captures_of_a_session_share_its_voices(table):
    one, two = table.record(evening(3, 4)), table.record(evening(5, 6))
    table.run()
    assert (table.said(one), table.said(two)) == ([3, 4], [5, 6])
    assert Voice.objects.count() == 2


def test_a_captioner_that_does_not_know_that_it_was_replaced_stores_nothing(table):
    capture = table.record(evening(3, 4, 5, 6))
    slow = table.captioner
    table.run(3)
    table.another()
    table.run()
    for _ in range(20):
        slow.step()
    assert table.said() == [3, 4, 5, 6]
    assert state_of(capture)[1] > 0


def test_the_models_leave_the_memory_after_a_long_rest(table, monkeypatch):
    given_back = []
    monkeypatch.setattr(process_module, "give_back", lambda: given_back.append(table.captioner._engine))
    capture = table.record(evening(3))
    table.run()
    capture.delete()
    table.run()
    table.clock.now += IDLE_S
    table.run()
    assert given_back[-1] is None
    table.record(evening(4))
    table.run()
    assert table.loads == 2


def test_free_memory_goes_back_now_and_then_while_there_is_work(table, monkeypatch):
    given_back = []
    monkeypatch.setattr(process_module, "give_back", lambda: given_back.append(table.clock.now))
    table.run()
    assert given_back == []
    table.record(evening(3))
    table.run()
    assert len(given_back) == 1
    table.clock.now += process_module.GIVE_BACK_S
    table.run()
    assert len(given_back) == 2


def test_models_are_loaded_before_the_first_word_where_a_recording_is_expected(table):
    table.run()
    assert table.loads == 0
    table.expecting = True
    table.run()
    assert table.loads == 1
    table.clock.now += IDLE_S
    table.run()
    table.record(evening(4))
    table.run()
    assert (table.loads, table.said()) == (1, [4])


def test_captions_of_the_demo_model_say_so(table):
    capture = table.record(evening(4))
    table.engine.is_fallback = True
    table.run()
    capture.refresh_from_db()
    assert capture.demo_text


def test_models_that_cannot_be_loaded_in_advance_stop_nothing(table, monkeypatch):
    def load():
        raise ModelMissing("There is no such model.")

    monkeypatch.setattr(table.captioner, "_load", load)
    table.expecting = True
    table.run()


def test_the_loop_ends_when_told(table):
    stopping = threading.Event()
    stopping.set()
    table.captioner.run(stopping)


class Killed(BaseException):
    """The process is no more."""


KILLED_IN = (
    ("realtime_app.captioner.captioned.store_final", "before"),
    ("realtime_app.captioner.captioned.store_final", "after"),
    ("realtime_app.captioner.captioned.store_silence", "before"),
    ("realtime_app.captioner.storing._move", "before"),
    ("realtime_app.captioner.storing._move", "after"),
    ("engine.live.transcriber.LiveTranscriber.feed", "after"),
    ("engine.live.transcriber.LiveTranscriber.perform", "before"),
    ("engine.live.transcriber.LiveTranscriber.perform", "after"),
    ("realtime_app.captioner.voices.SessionVoices.row", "after"),
    ("sessions_app.models.Segment.objects.bulk_create", "after"),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kills=st.lists(st.tuples(st.sampled_from(KILLED_IN), st.integers(1, 3)), min_size=2, max_size=5),
    pace=st.integers(8_000, 40_000),
)
def test_captioners_killed_anywhere_neither_lose_nor_double_a_line(table, kills, pace):
    Segment.objects.all().delete()
    Capture.objects.all().delete()
    numbers = list(range(1, 7))
    capture = table.record(evening(*numbers))
    tape = table.tapes[capture.uuid]
    tape.there = 0
    for (place, when), count in kills:
        with pytest.MonkeyPatch.context() as patch:
            _arm(patch, place, when, count)
            table.another()
            for _ in range(12):
                tape.there = min(len(tape.all), tape.there + pace)
                try:
                    table.run(1)
                except Killed:
                    break
    tape.there = len(tape.all)
    table.another()
    table.run(20)
    assert table.said() == numbers


def _arm(patch, place: str, when: str, count: int) -> None:
    """Kills the process the ``count``-th time that it comes to ``place``."""
    from pydoc import locate

    original = locate(place)
    calls = [0]

    def armed(*args, **kwargs):
        calls[0] += 1
        if calls[0] == count and when == "before":
            raise Killed
        result = original(*args, **kwargs)
        if calls[0] == count:
            raise Killed
        return result

    patch.setattr(place, armed)
