"""Rows of the mapping file: who is who, to take along and to read in."""

from tests.access.row import Row, of_campaign

ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous
    "mapping-export": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "mapping-import": Row(of_campaign, GET="200 200 403 404 302", POST="200 200 403 404 302"),
}
