"""Rows of uploads, recordings and a session's audio."""

from tests.access.row import House, Row, of_session

TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10"}


def _recording(house: House) -> list[object]:
    return [house.recording.uuid]


ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "upload-create": Row(
        of_session,
        GET="405 405 405 405 302",
        POST="201 201 403 404 302",
        OPTIONS="204 204 204 204 302",
        headers=TUS,
    ),
    "upload-detail": Row(
        lambda house: [house.upload.uuid],
        GET="405 405 405 405 302",
        HEAD="200 200 403 404 302",
        PATCH="415 415 403 404 302",
        DELETE="204 204 403 404 302",
        headers=TUS,
    ),
    "upload-panel": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "session-audio": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "recording-delete": Row(_recording, GET="200 200 403 404 302", POST="302 302 403 404 302"),
    "recording-download": Row(_recording, GET="200 200 200 404 302", POST="405 405 405 405 302"),
}
