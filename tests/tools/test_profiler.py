import pstats

import pytest

from tests.engine.conftest import fixture_audio
from tools import memory_profiler, profiler
from tools.measure.watched_run import FUNCTIONS, Passage, Watch
from tools.memory_profiler import Held, Peak, peaks

STAGES = {"load speech", "load voices", "transcribe", "diarize", *FUNCTIONS.values()}


@pytest.mark.slow
def test_profile_of_a_run_opens_again_and_names_its_stages(tmp_path, capsys):
    out = tmp_path / "run.prof"
    assert profiler.main(["--input", str(fixture_audio("en_5s")), "--output", str(out), "--top", "7"]) == 0
    functions = {name for _, _, name in pstats.Stats(str(out)).stats}
    assert {"prepare_many", "detect", "transcribe", "diarize", "align"} <= functions
    stages, _, own = capsys.readouterr().out.partition("most by themselves:")
    table = stages[stages.index("stage ") :].splitlines()[1:]
    assert {line[:14].strip() for line in table if "%" in line} == {*STAGES, "all"}
    assert len([line for line in own.splitlines() if line[:8].strip().replace(".", "").isdigit()]) == 7


def test_the_stages_are_those_of_the_pipeline_again_afterwards(tmp_path):
    from engine import alignment, pipeline

    profiler.main(
        ["--input", str(fixture_audio("nl_5s")), "--language", "nl", "--output", str(tmp_path / "x")]
    )
    assert pipeline.align is alignment.align


def test_recording_that_is_none_is_told_without_a_trace(tmp_path, capsys):
    text = tmp_path / "notes.txt"
    text.write_text("no sound in here")
    out = tmp_path / "run.prof"
    assert profiler.main(["--input", str(text), "--output", str(out)]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert not out.exists()


@pytest.mark.slow
def test_memory_of_a_run_is_told_by_stage_and_drawn(tmp_path, capsys):
    out = tmp_path / "memory.html"
    assert memory_profiler.main(["--input", str(fixture_audio("en_5s")), "--output", str(out), "--keep"]) == 0
    rows = {
        line[:14].strip(): [float(number) for number in line[14:].split()]
        for line in capsys.readouterr().out.splitlines()[1:]
        if line and "written" not in line
    }
    assert rows.keys() == {*STAGES, "all"}
    allocated, resident = rows["all"]
    assert all(0 <= a <= allocated * 1.01 and a < r <= resident for a, r in rows.values())
    assert "flamegraph" in out.read_text().lower()
    assert out.with_suffix(".bin").stat().st_size


@pytest.mark.parametrize("program", [profiler, memory_profiler])
def test_help_says_what_comes_out(program, capsys):
    with pytest.raises(SystemExit, match="0"):
        program.main(["--help"])
    said = capsys.readouterr().out
    assert all(word in said for word in ("--input", "--output", "--language", "stage"))


def test_passages_of_one_stage_are_added_up():
    watch = Watch([Passage("a", 1.0, 2.0), Passage("b", 2.0, 2.5), Passage("a", 3.0, 5.0)])
    assert watch.seconds() == {"a": 3.0, "b": 0.5}


def test_a_stage_that_raises_is_noted_all_the_same():
    watch = Watch()
    with pytest.raises(ZeroDivisionError):
        watch.watched("half", lambda: 1 / 0)()
    assert [passage.stage for passage in watch.passages] == ["half"]


def test_peak_of_a_stage_is_the_most_seen_in_any_of_its_passages():
    held = [Held(1.0, 10, 100), Held(2.0, 30, 90), Held(3.0, 20, 200), Held(9.0, 99, 999)]
    assert peaks([Passage("a", 0.5, 1.5), Passage("b", 1.9, 3.1), Passage("a", 2.9, 3.2)], held) == [
        Peak("a", 20, 200),
        Peak("b", 30, 200),
    ]


def test_a_stage_shorter_than_a_look_counts_with_its_neighbours():
    held = [Held(1.0, 10, 100), Held(2.0, 30, 90)]
    assert peaks([Passage("a", 1.4, 1.5)], held) == [Peak("a", 30, 100)]
    assert peaks([Passage("a", 2.4, 2.5)], held) == [Peak("a", 30, 90)]
    assert peaks([Passage("a", 0.4, 0.5)], held) == [Peak("a", 10, 100)]


def test_no_record_at_all_is_refused():
    with pytest.raises(ValueError, match="no record"):
        peaks([Passage("a", 0, 1)], [])
