"""Mutation testing tells what tests do not notice, of what can make a difference."""

from __future__ import annotations

import pytest

from tools.mutation_testing import Outcome, main, mutated

TOY = """from __future__ import annotations


def larger(one: int | None, other: int) -> int | None:
    return one if one is not None and one > other else other
"""
TEST = """from toy import larger


def test_larger():
    assert larger(2, 1) == 2
    assert larger(1, 2) == 2
"""


@pytest.mark.slow
@pytest.mark.processes
def test_what_survives_is_shown_and_what_nothing_runs_is_left_out(tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "test_toy.py").write_text(TEST)
    outcome = mutated("toy.py", ["test_toy.py"], tmp_path)
    assert outcome.killed > 2
    assert any(
        ">=" in diff for diff in outcome.survivors
    )  # equal numbers are not tested, nor would it matter
    assert not [diff for diff in outcome.survivors if "-def larger" in diff]


def test_tests_that_fail_already_are_said_to(tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "test_toy.py").write_text("def test_larger():\n    assert False\n")
    with pytest.raises(RuntimeError, match=r"the tests of toy\.py fail as it is"):
        mutated("toy.py", ["test_toy.py"], tmp_path)


def test_share_counts_what_was_noticed_of_all():
    assert Outcome(3, ("a diff",)).share == 0.75
    assert Outcome(0, ()).share == 1


def test_a_module_without_tests_of_its_own_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["engine/asr.py"])
    assert "engine/asr.py" in capsys.readouterr().err
