import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.classification.calibration import cooled, fit_temperature

ROWS = st.lists(st.lists(st.floats(0.001, 1), min_size=3, max_size=3), min_size=1, max_size=20).map(
    lambda rows: np.array(rows) / np.sum(rows, axis=1, keepdims=True)
)


@given(ROWS, st.floats(0.25, 7))
def test_cooled_rows_are_probabilities_in_the_same_order(rows, temperature):
    found = cooled(rows, temperature)
    assert np.allclose(found.sum(axis=1), 1)
    chosen = rows.argmax(axis=1)
    assert (found[np.arange(len(rows)), chosen] >= found.max(axis=1) - 1e-12).all()


@given(ROWS)
def test_a_temperature_of_one_changes_nothing(rows):
    assert np.allclose(cooled(rows, 1.0), rows)


def test_boasting_is_cooled_and_modesty_warmed():
    truth = np.array([0] * 80 + [1] * 20)
    weights = np.ones(100)
    boasting = np.tile([0.98, 0.02], (100, 1))
    modest = np.tile([0.6, 0.4], (100, 1))
    assert cooled(boasting, fit_temperature(boasting, truth, weights))[0, 0] == pytest.approx(0.8, abs=0.01)
    assert cooled(modest, fit_temperature(modest, truth, weights))[0, 0] == pytest.approx(0.8, abs=0.01)


def test_weights_count():
    chances = np.tile([0.7, 0.3], (2, 1))
    found = fit_temperature(chances, np.array([0, 1]), np.array([9.0, 1.0]))
    assert cooled(chances, found)[0, 0] == pytest.approx(0.9, abs=0.01)


def test_nothing_to_go_by_leaves_probabilities_as_they_are():
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, int), np.zeros(0)) == 1.0
