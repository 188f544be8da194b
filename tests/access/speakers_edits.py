"""Rows of what people write in lines."""

from tests.access.row import House, Row, of_session


def of_line(house: House) -> list[object]:
    """Arguments of an address under a line."""
    return [house.session.uuid, house.segment.uuid]


ACT = "405 405 405 405 302"
"""GET of an act; a person who is not logged in is led to the login."""

ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous; what is sent here is refused with 400, after the rights
    "line-text": Row(of_line, GET=ACT, POST="400 400 403 404 302"),
    "line-split": Row(of_line, GET=ACT, POST="400 400 403 404 302"),
    "line-join": Row(of_line, GET=ACT, POST="400 400 403 404 302"),
    "line-heard": Row(of_line, GET=ACT, POST="400 400 403 404 302"),
    "lines-remove": Row(of_session, GET=ACT, POST="400 400 403 404 302"),
    "lines-restore": Row(of_session, GET=ACT, POST="400 400 403 404 302"),
    "lines-reviewed": Row(of_session, GET=ACT, POST="400 400 403 404 302"),
    "session-undo": Row(of_session, GET=ACT, POST="200 200 403 404 302"),
    "session-redo": Row(of_session, GET=ACT, POST="200 200 403 404 302"),
    "line-edit": Row(of_line, GET="200 200 403 404 302", POST="400 400 403 404 302"),
    "line-history": Row(of_line, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "removed-lines": Row(of_session, GET="200 200 403 404 302", POST="302 302 403 404 302"),
}
