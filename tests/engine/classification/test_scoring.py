import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from engine.classification.scoring import calibration_error, macro_f1, score
from engine.classification.values import KINDS_OF, LABELS, LabelledLine, Verdict


def truth(label, kind=None):
    return LabelledLine("a", "Sanne", "dm", "tekst", label, kind or (KINDS_OF[label][0] if label else None))


def verdict(label, confidence=1.0):
    return Verdict(label, KINDS_OF[label][0], confidence)


def test_everything_right_is_one():
    lines = [truth("IC"), truth("OOC"), truth("MIXED")]
    found = score(lines, [verdict("IC"), verdict("OOC"), verdict("MIXED")])
    assert (found.macro_f1, found.mixed_f1, found.calibration_error) == (1, 1, 0)
    assert (found.unsure_share, found.sure_accuracy, found.unjudged_share) == (0, 1, 0)


def test_calling_a_line_mixed_that_is_not_counts_as_wrong():
    lines = [truth("IC"), truth("IC"), truth("OOC"), truth("OOC")]
    found = score(lines, [verdict("IC"), verdict("MIXED"), verdict("OOC"), verdict("OOC")])
    assert found.macro_f1 == pytest.approx((2 / 3 + 1) / 2)
    assert found.mixed_precision == 0


def test_a_mixed_line_does_not_touch_macro_f1_whatever_it_is_called():
    lines = [truth("IC"), truth("OOC"), truth("MIXED")]
    for label in LABELS:
        assert score(lines, [verdict("IC"), verdict("OOC"), verdict(label)]).macro_f1 == 1


def test_a_line_that_was_not_judged_counts_as_wrong():
    found = score([truth("IC"), truth("OOC")], [None, verdict("OOC")])
    assert (found.macro_f1, found.unjudged_share) == (0.5, 0.5)


def test_lines_without_a_truth_are_passed_over():
    found = score([truth("IC"), truth(None), truth("OOC")], [verdict("IC"), None, verdict("OOC")])
    assert (found.lines, found.macro_f1, found.unjudged_share) == (2, 1, 0)


def test_unsure_verdicts_are_counted_apart():
    lines = [truth("IC"), truth("IC"), truth("OOC")]
    found = score(lines, [verdict("IC", 0.9), verdict("OOC", 0.6), verdict("OOC", 0.8)])
    assert (found.unsure_share, found.sure_accuracy) == (pytest.approx(1 / 3), 1)


@given(st.lists(st.tuples(st.sampled_from(["IC", "OOC"]), st.sampled_from(LABELS)), min_size=1))
def test_macro_f1_is_that_of_scikit_learn(pairs):
    expected = f1_score(
        [one for one, _ in pairs],
        [other for _, other in pairs],
        labels=["IC", "OOC"],
        average="macro",
        zero_division=0,
    )
    assert macro_f1(pairs) == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_calibration_error_is_at_least_the_distance_of_the_means_and_at_most_one(judged):
    error = calibration_error(judged)
    assert 0 <= error <= 1
    if judged:
        apart = abs(sum(confidence - right for confidence, right in judged)) / len(judged)
        assert error >= apart - 1e-9


def test_nine_of_ten_right_at_ninety_percent_is_no_error():
    assert calibration_error([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0)
    assert calibration_error([(0.9, True)] * 5 + [(0.9, False)] * 5) == pytest.approx(0.4)
