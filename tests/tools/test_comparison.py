import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import benchmark
from tools.comparison import NothingToCompare, Verdict, changes, left_out, report
from tools.measure.calibration_loop import Clocks, repetition, undisturbed
from tools.measure.figures import repeated, to_json, write_json


def ratios(seed, *, slower=1.0, noise=0.04, count=10):
    """Returns what a work of three times the loop's length might take on a machine that others use too."""
    rng = random.Random(seed)
    return [3.0 * slower * rng.lognormvariate(0, noise) for _ in range(count)]


def verdicts(old, new):
    return {change.key: change.verdict for change in changes(old, new)}


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.04, 0.07])
def test_thirty_percent_slower_is_noticed(noise):
    for seed in range(20):
        old = {"a.ratios": ratios(seed, noise=noise), "b.ratios": ratios(seed + 100, noise=noise)}
        new = {
            "a.ratios": ratios(seed + 200, slower=1.3, noise=noise),
            "b.ratios": ratios(seed + 300, noise=noise),
        }
        assert verdicts(old, new) == {"a": Verdict.SLOWER, "b": Verdict.SAME}


@pytest.mark.parametrize("noise", [0.0, 0.04, 0.1, 0.2])
def test_two_runs_of_the_same_are_no_regression(noise):
    called = sum(
        verdicts({"a.ratios": ratios(seed, noise=noise)}, {"a.ratios": ratios(seed + 500, noise=noise)})["a"]
        is Verdict.SLOWER
        for seed in range(100)
    )
    assert called <= 2


def test_a_repetition_that_something_disturbed_decides_nothing():
    disturbed = [*ratios(1)[:-2], 9.0, 14.0]
    assert verdicts({"a.ratios": ratios(2)}, {"a.ratios": disturbed}) == {"a": Verdict.SAME}


def test_a_change_too_small_to_matter_is_none_however_sure_it_is():
    assert verdicts({"a.ratios": [1.0] * 20}, {"a.ratios": [1.09] * 20}) == {"a": Verdict.SAME}


def test_what_got_quicker_is_told_and_fails_nothing(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    write_json(old, [repeated("a", ratios(1))])
    write_json(new, [repeated("a", ratios(2, slower=0.5))])
    lines, slower = report(old, new)
    assert "faster" in lines[1]
    assert not slower


def test_pairs_are_made_where_both_have_as_many():
    """A machine that slows down during both, in the same rounds, says nothing of the work."""
    tide = [1.0, 1.4, 1.9, 2.5, 3.0, 2.4, 1.8, 1.3, 1.1, 1.0]
    old, new = {"a.ratios": tide}, {"a.ratios": [1.3 * each for each in tide]}
    (change,) = changes(old, new)
    assert (change.low, change.high) == pytest.approx((1.3, 1.3))
    assert verdicts(old, {"a.ratios": new["a.ratios"][:-1]}) == {"a": Verdict.SAME}


@pytest.mark.slow
@given(
    st.lists(st.floats(0.1, 100), min_size=5, max_size=20),
    st.lists(st.floats(0.1, 100), min_size=5, max_size=20),
)
def test_the_change_lies_in_its_interval_and_turns_round_with_the_sides(old, new):
    (there,) = changes({"a.ratios": old}, {"a.ratios": new})
    (back,) = changes({"a.ratios": new}, {"a.ratios": old})
    assert there.low * 0.999 <= there.ratio <= there.high * 1.001
    assert there.ratio * back.ratio == pytest.approx(1)
    assert {there.verdict, back.verdict} != {Verdict.SLOWER}


def test_what_is_in_one_file_only_is_told():
    old = {"a.ratios": ratios(1), "gone.ratios": ratios(1), "rare.ratios": [1.0]}
    new = {"a.ratios": ratios(2), "come.ratios": ratios(2), "rare.ratios": [1.0]}
    assert [line.split(maxsplit=1) for line in left_out(old, new)] == [
        ["come", "only in the new file"],
        ["gone", "only in the old file"],
        ["rare", "repeated less than 5 times"],
    ]


def test_files_without_repetitions_prove_nothing():
    with pytest.raises(NothingToCompare, match="--only short"):
        changes({"a": 1.0}, {"a": 2.0})


class Steps:
    """A clock that steps: what it counts is what :func:`busy` really does, so that no noise is in it."""

    def __init__(self):
        self.done = 0

    def __call__(self):
        return float(self.done)


def busy(steps, rounds):
    def work():
        total = 0
        for number in range(rounds):
            total += number
            steps.done += 1
        return total

    return work


def measured(rounds):
    steps = Steps()
    return [
        repetition(busy(steps, rounds), beside=busy(steps, 500), clocks=Clocks(steps, steps)).clock
        for _ in range(10)
    ]


@pytest.mark.slow
def test_a_real_function_with_thirty_percent_more_to_do_is_noticed(tmp_path, capsys):
    old, new, same = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "same.json"
    write_json(old, [repeated("busy", measured(1_000))])
    write_json(same, [repeated("busy", measured(1_000))])
    write_json(new, [repeated("busy", measured(1_300))])
    assert benchmark.main(["--compare", str(old), str(same)]) == 0
    assert capsys.readouterr().out.endswith("beyond the noise: nothing.\n")
    assert benchmark.main(["--compare", str(old), str(new)]) == 1
    out = capsys.readouterr().out
    assert "+30.0%" in out
    assert out.endswith("beyond the noise: busy.\n")


@pytest.mark.slow
def test_a_real_function_is_told_from_one_that_takes_four_times_as_long_on_the_real_clock():
    steps = Steps()
    quick, slow = busy(steps, 20_000), busy(steps, 80_000)
    one, other = [], []
    for _ in range(7):
        one.append(repetition(quick, beside=quick).processor)
        other.append(repetition(slow, beside=quick).processor)
    assert verdicts({"a.ratios": one}, {"a.ratios": other}) == {"a": Verdict.SLOWER}


def test_time_in_the_queue_for_a_processor_is_not_counted(monkeypatch, tmp_path):
    from tools.measure import calibration_loop

    queue = tmp_path / "schedstat"
    monkeypatch.setattr(calibration_loop, "_QUEUED", queue)
    monkeypatch.setattr(calibration_loop.time, "perf_counter", lambda: 100.0)
    assert undisturbed() == 100.0  # a system that does not tell
    queue.write_text("123456 2500000000 17\n")
    assert undisturbed() == 97.5


def test_the_file_keeps_each_ratio():
    flat = to_json([repeated("a", [1.0, 4.0, 2.0])])
    assert flat == {"a": 2.0, "a.noise": 1.5, "a.ratios": [1.0, 4.0, 2.0]}


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"a": 1.0})])
def test_files_that_can_not_be_compared_are_an_error_and_no_pass(tmp_path, capsys, text):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    write_json(old, [repeated("a", ratios(1))])
    new.write_text(text)
    assert benchmark.main(["--compare", str(old), str(new)]) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert benchmark.main(["--compare", str(old), str(tmp_path / "none.json")]) == 2
