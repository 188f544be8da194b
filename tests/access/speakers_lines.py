"""Rows of what people decide about single lines."""

from tests.access.row import Row, of_session

ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous; without htmx an act leads back to the page, and so does a refusal
    "lines-move": Row(of_session, GET="200 200 403 404 302", POST="302 302 403 404 302"),
    "lines-speak-as": Row(of_session, GET="200 200 403 404 302", POST="302 302 403 404 302"),
    "lines-label": Row(of_session, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "voice-split": Row(of_session, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "voice-task": Row(
        lambda house: [house.errand.uuid], GET="200 200 403 404 302", POST="302 302 403 404 302"
    ),
}
