import numpy as np

from engine.calibration import Calibration
from engine.identity import Band, Known, identify
from engine.values import VoiceEmbedding

MODEL = "model-a"
CALIBRATION = Calibration(
    model=MODEL,
    centre=np.zeros(4, np.float32),
    nuisance=np.zeros((0, 4), np.float32),
    cohort=1e6,
    slope=20.0,
    intercept=-12.0,
    grain_s=0.5,
    assign_at=0.95,
    suggest_at=0.4,
    margin=2.0,
    stranger=1.0,
    decide_from_ms=5_000,
)


def find(model):
    return CALIBRATION if model == MODEL else None


def voice(number, *vector, model=MODEL, ms=60_000):
    length = float(np.linalg.norm(vector))
    return VoiceEmbedding(number, tuple(x / length for x in vector), model, ms)


def person(key, *prints, expected=True):
    return Known(key, prints, expected)


ANNA = person(1, voice(0, 1, 0, 0, 0))
BERT = person(2, voice(0, 0, 1, 0, 0))


def bands(matches):
    return [(match.voice, match.band, match.key) for match in matches]


def test_each_voice_gets_its_person():
    matches = identify([voice(0, 0.1, 1, 0, 0), voice(1, 1, 0.1, 0, 0)], [ANNA, BERT], find_calibration=find)
    assert bands(matches) == [(0, Band.ASSIGNED, 2), (1, Band.ASSIGNED, 1)]
    assert matches[0].score > 0.99
    assert (matches[0].runner_up, matches[1].runner_up) == (1, 2)


def test_visitor_stays_unknown():
    (match,) = identify([voice(0, 0, 0, 1, 0)], [ANNA, BERT], find_calibration=find)
    assert match.band is Band.UNKNOWN
    assert match.key is None
    assert match.score < 0.01
