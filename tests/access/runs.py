"""Rows of Runs."""

from tests.access.row import House, Row, of_session


def _run(house: House) -> list[object]:
    return [house.run.uuid]


ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "run-panel": Row(
        of_session,
        GET="200 200 200 404 403",
        POST="405 405 405 405 403",
        headers={"HX-Request": "true"},
    ),
    "run-start": Row(of_session, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "run-text": Row(lambda house: [house.run.uuid, 0], GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "run-cancel": Row(_run, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "run-retry": Row(_run, GET="405 405 405 405 302", POST="302 302 403 404 302"),
}
