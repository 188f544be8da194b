"""Rows of the voices of a session and of what people decide about them."""

from tests.access.row import Row

ROWS: dict[str, Row] = {}
