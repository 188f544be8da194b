"""Makes probabilities honest: of what is called 90 % sure, about 90 % shall be right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]

_BOUNDS = (-1.5, 2.0)
"""Of the logarithm of the temperature."""
_LEAST = 1e-9


def cooled(probabilities: Floats, temperature: float) -> Floats:
    """Returns rows of probabilities, more even the higher the temperature is; at 1 they stay as they are.

    >>> cooled(np.array([[0.9, 0.1]]), temperature=2.0)
    array([[0.75, 0.25]])
    """
    logs = np.log(probabilities.clip(_LEAST)) / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(probabilities: Floats, truth: NDArray[np.int_], weights: Floats) -> float:
    """Returns the temperature at which the truth is least surprising.

    Guo and others, "On Calibration of Modern Neural Networks" (2017): one number, so that little data suffices and the
    most probable answer stays the most probable.

    Args:
        probabilities: of lines that the model has not learnt from, shape ``(lines, answers)``.
        truth: the column of the right answer of each line.
        weights: of the lines.
    """
    if not len(truth):
        return 1.0

    def surprise(log_temperature: float) -> float:
        right = cooled(probabilities, float(np.exp(log_temperature)))[np.arange(len(truth)), truth]
        return float(-(weights * np.log(right.clip(_LEAST))).sum())

    return float(np.exp(minimize_scalar(surprise, bounds=_BOUNDS, method="bounded").x))
