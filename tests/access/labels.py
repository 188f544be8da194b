"""Rows of the panel of a session's labels."""

from tests.access.row import Row, of_session

ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "labels-panel": Row(
        of_session,
        GET="200 200 200 404 403",
        POST="405 405 405 405 403",
        headers={"HX-Request": "true"},
    ),
    "labels-forecast": Row(of_session, GET="200 200 403 404 302", POST="405 405 405 405 302"),
    "labels-ask": Row(of_session, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "labels-cancel": Row(of_session, GET="405 405 405 405 302", POST="302 302 403 404 302"),
}
