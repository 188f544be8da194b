import json

import numpy as np
import pytest
import soundfile

from tools import benchmark
from tools.comparison import measured_once
from tools.measure import grown_model
from tools.measure.figures import Figure, ratio, to_json
from tools.measure.recording import compose
from tools.measure.rounds import Effort, in_turn
from tools.measure.settings import NANO, Settings
from tools.measure.sides import SideFailed, SideProcess


def test_ratio_is_the_median_of_pairs():
    figure = ratio("r", [2.0, 30.0, 6.0], [2.0, 10.0, 3.0], at_most=1.10)
    assert figure.value == 2.0
    assert figure.noise == 1.0
    assert figure.reached is False


def test_unpaired_rounds_are_refused():
    with pytest.raises(ValueError, match="no pairs"):
        ratio("r", [1.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (Figure("a", 0.85, at_most=0.85), True),
        (Figure("a", 0.86, at_most=0.85), False),
        (Figure("a", 1.7, at_least=1.7), True),
        (Figure("a", 1.69, at_least=1.7), False),
        (Figure("a", 5.0), None),
    ],
)
def test_targets_are_reached_or_missed(figure, reached):
    assert figure.reached is reached
    assert ("MISSED" in figure.line()) is (reached is False)


def test_json_is_one_flat_object_of_numbers():
    flat = to_json([Figure("batch.sequential_ratio", 1.04, "x", at_most=1.1, noise=0.02), Figure("a.b", 3)])
    assert flat == {"batch.sequential_ratio": 1.04, "batch.sequential_ratio.noise": 0.02, "a.b": 3}


def test_figures_measured_once_are_told_key_by_key():
    (line,) = measured_once({"a": 2.0, "a.noise": 0.1, "gone": 1.0}, {"a": 3.0, "a.noise": 0.1, "come": 1.0})
    assert line.split() == ["a", "2", "3", "+50.0%"]


def test_sides_take_turns_and_turn_round():
    order = []

    def side(name):
        def run():
            order.append(name)
            return Effort(float(len(order)), 0.0)

        return run

    efforts = in_turn({"a": side("a"), "b": side("b")}, 2)
    assert order == ["a", "b", "b", "a"]
    assert [effort.seconds for effort in efforts["a"]] == [1.0, 4.0]


def test_only_runs_what_was_named_and_a_missed_target_fails(tmp_path, monkeypatch):
    monkeypatch.setitem(
        benchmark.PARTS, "page", lambda *_: iter([Figure("page.first_part_ms", 151, "ms", 150)])
    )
    monkeypatch.setitem(benchmark.PARTS, "der", lambda *_: iter([Figure("der.x", 5.0)]))
    for name in ("batch", "memory"):
        monkeypatch.setitem(benchmark.PARTS, name, lambda *_: pytest.fail("not asked for"))
    monkeypatch.setattr(benchmark, "_keep_to_cores", lambda count: None)
    file = tmp_path / "figures.json"
    assert benchmark.main(["--only", "page", "--only", "der", "--json", str(file)]) == 1
    assert json.loads(file.read_text()) == {"page.first_part_ms": 151, "der.x": 5.0}
    assert benchmark.main(["--only", "der"]) == 0


def test_missing_recordings_leave_keys_out_aloud(tmp_path, capsys):
    settings = Settings(data=tmp_path)
    assert list(benchmark.PARTS["der"](settings, tmp_path)) == []
    assert "not measured" in capsys.readouterr().out


@pytest.mark.slow
def test_composed_recording_has_its_length_and_is_the_same_each_time(tmp_path):
    one, two = compose(tmp_path / "1.flac", 3.5), compose(tmp_path / "2.flac", 3.5)
    assert soundfile.info(one).frames == 3.5 * 60 * 16_000
    assert (soundfile.read(one)[0] == soundfile.read(two)[0]).all()


@pytest.mark.models
def test_grown_model_says_what_the_small_one_says(tmp_path):
    import ctranslate2

    size = grown_model.Size(repeats=2, layers=4, vocabulary=4_000)
    grown = grown_model.grow(NANO, tmp_path / "grown", size)
    features = np.random.default_rng(1).normal(size=(1, 80, 3000)).astype(np.float32)
    answers = []
    for folder in (NANO, grown):
        model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="float32")
        encoded = np.asarray(model.encode(ctranslate2.StorageView.from_array(features)))
        answers.append(encoded[..., :192])
        assert encoded.shape[-1] == (192 if folder == NANO else 384)
    assert answers[1] == pytest.approx(answers[0], abs=1e-3)


def test_a_side_that_fails_says_why(tmp_path):
    with (
        SideProcess("tools.measure.reference", log=tmp_path / "log") as side,
        pytest.raises(SideFailed, match="--model"),
    ):
        side.ask("sequential")
