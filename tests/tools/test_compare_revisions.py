import subprocess

import pytest

from tools import compare_revisions
from tools.compare_revisions import in_turn, unpack
from tools.measure.short import WorkFailed
from tools.measure.short_set import WORKS


@pytest.fixture
def repository(tmp_path):
    place = tmp_path / "repository"
    for name, text in (("engine/a.py", "old"), ("tools/t.py", "old"), ("tests/fixtures/f.json", "old")):
        (place / name).parent.mkdir(parents=True)
        (place / name).write_text(text)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "Begin"],
    ):
        subprocess.run(["git", *command], cwd=place, check=True)
    return place


def test_an_earlier_revision_is_measured_with_the_tools_and_inputs_of_now(repository, tmp_path):
    for name in ("engine/a.py", "tools/t.py", "tests/fixtures/f.json"):
        (repository / name).write_text("new")
    (repository / "tools/added.py").write_text("new")
    earlier = unpack("HEAD", tmp_path / "earlier", repository)
    assert (earlier / "engine/a.py").read_text() == "old"
    assert (earlier / "tools/t.py").read_text() == "new"
    assert (earlier / "tools/added.py").exists()
    assert (earlier / "tests/fixtures/f.json").read_text() == "new"


def test_sides_take_turns_and_turn_round(tmp_path):
    order = []

    def measure(tree, inputs):
        order.append(tree.name)
        return {}

    in_turn(tmp_path / "old", tmp_path / "new", tmp_path, 3, measure)
    assert order == ["old", "new", "new", "old", "old", "new"]


def repetitions(clock):
    return {"repetitions": [{"clock": clock, "processor": clock, "seconds": clock}] * 2}


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """Measures nothing: every work takes 1, on the side and in the work that are named 1.3."""

    def run(slow_side="", slow_work="", missing=""):
        def one_round(tree, inputs):
            side = "earlier" if tree.name == "earlier" else "now"
            return {
                name: {"error": "missing"}
                if side == missing and name == slow_work
                else repetitions(1.3 if (side, name) == (slow_side, slow_work) else 1.0)
                for name in WORKS
            }

        turns = in_turn
        monkeypatch.setattr(compare_revisions, "unpack", lambda revision, folder: folder)
        monkeypatch.setattr(compare_revisions, "lay_out", lambda folder: None)
        monkeypatch.setattr(compare_revisions, "in_turn", lambda *args: turns(*args, one_round))
        return compare_revisions.main(["HEAD"])

    return run


def test_a_slower_work_fails_and_is_named(measured, capsys):
    assert measured("now", "align") == 1
    assert capsys.readouterr().out.endswith("beyond the noise: short.align.\n")


def test_a_quicker_work_passes(measured):
    assert measured("earlier", "align") == 0


def test_nothing_changed_passes(measured):
    assert measured() == 0


def test_a_work_that_was_not_there_earlier_is_left_out_aloud(measured, capsys):
    assert measured("now", "align", missing="earlier") == 0
    assert "only in the new file" in capsys.readouterr().out


def test_a_work_that_fails_now_is_an_error(measured, capsys):
    assert measured("earlier", "align", missing="now") == 2
    assert "error: align: missing" in capsys.readouterr().err


def test_an_unknown_revision_is_an_error(capsys):
    assert compare_revisions.main(["no-such-revision"]) == 2
    assert "error: " in capsys.readouterr().err


def test_a_process_that_dies_is_an_error(measured, monkeypatch, capsys):
    def dies(*_):
        raise WorkFailed("out of memory")

    monkeypatch.setattr(compare_revisions, "unpack", dies)
    assert compare_revisions.main(["HEAD"]) == 2
    assert "out of memory" in capsys.readouterr().err
