"""Rows of transcripts, their parts and exports."""

from tests.access.row import Row, of_session

ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "session-detail": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "session-transcript": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "session-lines": Row(
        lambda house: [house.session.uuid, 0, 60], GET="200 200 200 404 302", POST="405 405 405 405 302"
    ),
    "session-line": Row(
        lambda house: [house.session.uuid, house.segment.uuid],
        GET="302 302 302 404 302",
        POST="405 405 405 405 302",
        headers={"Accept": "text/html"},
    ),
    "session-export": Row(
        lambda house: [house.session.uuid, "txt"], GET="200 200 200 404 302", POST="405 405 405 405 302"
    ),
    "session-figures": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "session-review": Row(
        lambda house: [house.session.uuid, "words"], GET="200 200 200 404 302", POST="405 405 405 405 302"
    ),
    "session-review-share": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "session-scenes": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "session-waveform": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
}
