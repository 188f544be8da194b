import numpy as np
import pytest

from engine.classification.neighbours import neighbourhood, odds_of_story
from engine.classification.plain import PlainLine
from engine.classification.values import KINDS

STORY = [0.9, 0.04, 0.04, 0.01, 0.01]
TABLE = [0.02, 0.02, 0.02, 0.9, 0.04]
NO_CLAUSES = np.zeros((0, len(KINDS)))


def lines(*speakers):
    return [PlainLine("Ja", ("ja",), speaker, is_dm=speaker == "dm") for speaker in speakers]


@pytest.mark.parametrize("count", [1, 2, 3, 30])
def test_any_number_of_lines_gives_a_row_each_of_one_width(count):
    kinds = np.tile(STORY, (count, 1))
    rows = neighbourhood(kinds, lines(*["dm"] * count), NO_CLAUSES, [])
    assert rows.shape == (count, neighbourhood(kinds[:1], lines("dm"), NO_CLAUSES, []).shape[1])
    assert np.isfinite(rows).all()


def test_the_same_line_reads_otherwise_among_other_neighbours():
    people = lines("dm", "pim", "dm")
    story = neighbourhood(np.array([STORY, TABLE, STORY]), people, NO_CLAUSES, [])
    table = neighbourhood(np.array([TABLE, TABLE, TABLE]), people, NO_CLAUSES, [])
    assert not np.allclose(story[1], table[1])


def test_lines_far_off_hardly_matter():
    people = lines(*["dm", "pim"] * 60)
    kinds = np.tile(STORY, (120, 1))
    other = kinds.copy()
    other[0] = TABLE
    near, far = neighbourhood(kinds, people, NO_CLAUSES, []), neighbourhood(other, people, NO_CLAUSES, [])
    assert np.allclose(near[-1], far[-1], atol=0.01)
    assert not np.allclose(near[1], far[1], atol=0.01)


def test_a_line_with_a_clause_of_each_side_tells_both():
    row = neighbourhood(np.array([STORY]), lines("dm"), np.array([STORY, TABLE]), [0, 0])[0, -4:]
    story, table = odds_of_story(np.array([STORY, TABLE]))
    assert row.tolist() == pytest.approx([1, story, table, min(story, -table)])
