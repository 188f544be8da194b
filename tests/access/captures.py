"""Rows of captures' addresses."""

from tests.access.row import House, Row, of_session


def _capture(house: House) -> list[object]:
    return [house.capture.uuid]


ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous
    "capture-token": Row(of_session, GET="405 405 405 405 302", POST="200 200 403 404 302"),
    "capture-audio": Row(_capture, GET="404 404 404 404 404", POST="405 405 405 405 405"),
}
