"""Rows of the live page and of markers."""

from tests.access.row import Row, of_session

ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous
    "session-live": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "live-state": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "live-lines": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
}
