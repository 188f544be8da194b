"""The measurement of the search asks each kind of question and finds something to measure."""

from __future__ import annotations

import pytest

from tools.measure import search
from tools.measure.settings import Settings


@pytest.mark.processes
def test_measures_each_kind_of_question_on_the_embedded_database(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "SESSIONS", 3)
    monkeypatch.setattr(search, "LINES", 40)
    monkeypatch.setattr(search, "programs", lambda: None)
    found = {figure.key: figure for figure in search.figures(Settings(), tmp_path)}
    assert found["search.sqlite_p95_ms"].at_most == 100
    assert {"search.sqlite.word_ms", "search.sqlite.phrase_ms", "search.sqlite.misspelt_ms"} <= found.keys()
    assert all(figure.value > 0 for figure in found.values() if figure.unit == "ms")
