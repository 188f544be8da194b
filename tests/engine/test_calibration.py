import json

import numpy as np
import pytest

from engine.calibration import FOLDER, calibration_for, file_name
from engine.embedding import MODEL_ID
from engine.errors import ModelBroken
from tests.engine.voices import calibration


def test_built_in_encoder_is_calibrated_and_its_file_says_how():
    found = calibration_for(MODEL_ID)
    assert found is not None
    assert found.nuisance @ found.nuisance.T == pytest.approx(np.eye(len(found.nuisance)), abs=1e-3)
    told = json.loads((FOLDER / file_name(MODEL_ID)).read_text())
    assert told["made_from"]["people"] >= 30
    assert told["measured"]["people_not_learnt_from"]["wrong"] <= 0.005


def test_calibration_survives_its_file(tmp_path):
    before = calibration(nuisance=np.array([[0, 0, 0, 1]], np.float32))
    (tmp_path / file_name("a/b c")).write_text(json.dumps({**before.to_json(), "model": "a/b c"}))
    after = calibration_for("a/b c", tmp_path)
    assert after.to_json() == {**before.to_json(), "model": "a/b c"}
    assert calibration_for("another", tmp_path) is None


@pytest.mark.parametrize("content", ["{", "{}", '{"model": "x"}'])
def test_damaged_calibration_is_named(tmp_path, content):
    (tmp_path / file_name("x")).write_text(content)
    with pytest.raises(ModelBroken, match="calibrate_voices"):
        calibration_for("x", tmp_path)


def test_longer_speech_must_lie_closer():
    found = calibration()
    assert found.log_odds(0.6, 2_000, 60_000) > found.log_odds(0.6, 60_000, 60_000)
