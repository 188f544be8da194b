"""Rows of the live page and of markers."""

from typing import Any

from tests.access.row import House, Row, of_campaign, of_session


def _marker(house: House) -> list[Any]:
    return [house.marker.uuid]


def _line(house: House) -> list[Any]:
    return [house.session.uuid, house.segment.uuid]


ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous
    "record-tonight": Row(of_campaign, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "session-live": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "live-state": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "live-lines": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "live-who": Row(_line, GET="200 200 403 404 302", POST="405 405 405 405 302"),
    "live-undo": Row(of_session, GET="200 200 403 404 302", POST="405 405 405 405 302"),
    "session-markers": Row(
        of_session,
        GET="200 200 200 404 302",
        POST="302 302 302 404 302",
        data={"kind": "quote", "at_ms": "1000"},
    ),
    # the owner's own, so that a viewer has no part in it
    "marker-edit": Row(
        _marker, GET="405 405 405 405 302", POST="302 302 403 404 302", data={"text": "Behind the bar"}
    ),
    "marker-delete": Row(_marker, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "marker-restore": Row(of_session, GET="405 405 405 405 302", POST="400 400 400 404 302"),
}
