"""Rows of the people of a campaign and of their voiceprints."""

from tests.access.row import Row

ROWS: dict[str, Row] = {}
