import pytest

from tools.measure import short
from tools.measure.short_round import round_of
from tools.measure.short_set import WORKS, lay_out


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("short")
    lay_out(place)
    return place


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKS)
def test_each_work_does_something(name, folder):
    done = WORKS[name](folder)()
    assert done is not None or name == "agree"
    assert (done.silent is False) if name == "convert" else True
    if isinstance(done, list):
        assert done
        assert all(done)


def times(clock, processor, seconds):
    return {"repetitions": [{"clock": clock, "processor": processor, "seconds": seconds}] * 2}


def test_rounds_are_summed_up_with_every_ratio():
    figures = {
        figure.key: figure
        for figure in short.summed_up([{"a": times(2.0, 1.0, 0.5)}, {"a": times(4.0, 3.0, 0.25)}])
    }
    assert figures["short.a"].ratios == (2.0, 2.0, 4.0, 4.0)
    assert figures["short.a.processor"].value == 2.0
    assert figures["short.a.ms"].value == 250


@pytest.mark.slow
def test_a_work_that_fails_is_told_and_the_others_count(tmp_path):
    def broken(_folder):
        raise ImportError("no such stage yet")

    found = round_of({"broken": broken, "fine": lambda _folder: list}, tmp_path, 2)
    assert len(found["fine"]["repetitions"]) == 2
    assert short.failure([found], "broken") == "broken: ImportError('no such stage yet')"
    assert short.failure([found], "missing") == "missing: it was not measured"
    assert {figure.key for figure in short.summed_up([found])} == {
        "short.fine",
        "short.fine.processor",
        "short.fine.ms",
    }


def test_the_part_fails_where_a_work_of_this_revision_does(tmp_path, monkeypatch):
    monkeypatch.setattr(short, "lay_out", lambda folder: None)
    monkeypatch.setattr(short, "one_round", lambda *_: {name: {"error": "broken"} for name in WORKS})
    with pytest.raises(short.WorkFailed, match="broken"):
        list(short.figures(None, tmp_path))


def test_a_process_that_can_not_begin_says_why(tmp_path):
    with pytest.raises(short.WorkFailed, match="short_round"):
        short.one_round(tmp_path, tmp_path)
