"""Rows of the mapping file: who is who, to take along and to read in."""

from tests.access.row import Row

ROWS: dict[str, Row] = {}
