import pytest

from tools.measure import captures, hour, live_system
from tools.measure.calibration_loop import Clocks, once
from tools.measure.settings import Settings

STAGES = {
    "convert": hour.convert,
    "detect": hour.find,
    "transcribe": hour.transcribe,
    "diarize": hour.diarize,
}
FOUND = {"detect": "hour.chunks", "transcribe": "hour.words", "diarize": "hour.voices"}


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_is_measured_and_does_its_work(stage, tmp_path):
    settings = Settings(size="nano", stage_minutes=0.25, rounds=2)
    figures = {figure.key: figure for figure in STAGES[stage](settings, tmp_path)}
    assert len(figures[f"hour.{stage}"].ratios) == 2
    seconds = figures[f"hour.{stage}_s"].value
    assert figures[f"hour.{stage}_real_time"].value == pytest.approx(15 / seconds)
    if stage in FOUND:
        assert figures[FOUND[stage]].value >= 1


def test_a_long_work_is_called_once_between_loops():
    order, now = [], [0.0]

    def step(name, seconds):
        def work():
            order.append(name)
            now[0] += seconds

        return work

    def clock():
        return now[0]

    found = once(step("work", 12.0), beside=step("loop", 0.5), tries=2, clocks=Clocks(clock, clock))
    assert order == ["loop", "loop", "loop", "work", "loop", "loop"]
    assert (found.clock, found.processor, found.seconds) == (24.0, 24.0, 12.0)


def test_captures_are_those_of_the_live_benchmark(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(live_system, "many", lambda live, folder: asked.append(live) or iter(()))
    assert list(captures.figures(Settings(captures=7, language="nl"), tmp_path)) == []
    assert (asked[0].captures, asked[0].language) == (7, "nl")
