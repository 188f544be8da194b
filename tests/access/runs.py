"""Rows of runs."""

from __future__ import annotations

from typing import Any

from tests.access.row import House, Row, of_session


def of_run(house: House) -> list[Any]:
    """Arguments of an address under the run."""
    return [house.run.uuid]


HTMX = {"HX-Request": "true"}

ROWS: dict[str, Row] = {
    "run-panel": Row(of_session, GET="200 200 200 404 302", headers=HTMX),
    "run-start": Row(of_session, POST="200 200 403 404 302", headers=HTMX),
    "run-text": Row(lambda house: [house.run.uuid, 0], GET="200 200 200 404 302", headers=HTMX),
    "run-cancel": Row(of_run, POST="200 200 403 404 302", headers=HTMX),
    "run-retry": Row(of_run, POST="200 200 403 404 302", headers=HTMX),
}
