"""How long it still takes, and not pretending to know."""

from __future__ import annotations

import pytest

from sessions_app.models import StageName, State
from sessions_app.runs.estimate import Pace, remaining_s
from sessions_app.runs.progress import about, exactly

HOUR = 3_600_000


def paces(**known: tuple[State, float, float]) -> list[Pace]:
    return [Pace(name, *known.get(name.value, (State.WAITING, 0.0, 0.0))) for name in StageName]


DONE = (State.DONE, 1.0, 10.0)


def test_nothing_is_known_before_anything_was_ever_measured():
    assert remaining_s(paces(), {}, HOUR) is None


def test_the_slower_branch_counts():
    running = paces(
        prepare=DONE,
        detect=DONE,
        transcribe=(State.RUNNING, 0.5, 100.0),
        diarize=(State.RUNNING, 0.25, 100.0),
    )
    assert remaining_s(running, {}, HOUR) == pytest.approx(300)


def test_a_stage_that_hardly_began_goes_by_earlier_runs():
    running = paces(prepare=DONE, detect=DONE, diarize=DONE, transcribe=(State.RUNNING, 0.01, 1.0))
    assert remaining_s(running, {}, HOUR) is None
    assert remaining_s(running, {StageName.TRANSCRIBE: 100 / HOUR}, HOUR) == pytest.approx(99)


def test_stages_add_up_along_the_way():
    earlier = dict.fromkeys(StageName, 10 / HOUR)
    assert remaining_s(paces(), earlier, HOUR) == pytest.approx(70)  # seven in a row, two side by side


def test_when_all_is_done_nothing_remains():
    assert remaining_s([Pace(name, *DONE) for name in StageName], {}, HOUR) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "less than a minute"),
        (55, "about 1 min"),
        (250, "about 4 min"),
        (3600, "about 1 hour"),
        (5100, "about 1 h 25 min"),
        (7190, "about 2 hours"),
    ],
)
def test_words_for_an_estimate(seconds, words):
    assert about(seconds) == words


@pytest.mark.parametrize(("seconds", "clock"), [(-1, "0:00"), (75, "1:15"), (3661, "1:01:01")])
def test_a_clock_for_what_is_known(seconds, clock):
    assert exactly(seconds) == clock
