"""Rows of what people decide about single lines."""

from tests.access.row import Row

ROWS: dict[str, Row] = {}
