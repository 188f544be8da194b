"""Rows of clips, the quote wall and sessions cut into clips."""

from tests.access.row import House, Row, of_campaign, of_session


def _clip(house: House) -> list[object]:
    return [house.clip.uuid]


def _export(house: House) -> list[object]:
    """Somebody else's: even members of the campaign learn nothing of it."""
    return [house.export.uuid]


ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "session-clips": Row(of_session, GET="200 200 200 404 302", POST="200 200 200 404 302"),
    "clip-create": Row(of_session, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "clip-estimate": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "clip-detail": Row(_clip, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "clip-edit": Row(_clip, GET="405 405 405 405 302", POST="302 302 403 404 302"),
    "clip-delete": Row(_clip, GET="200 200 403 404 302", POST="302 302 403 404 302"),
    "clip-audio": Row(
        lambda house: [house.clip.uuid, "flac"], GET="404 404 404 404 302", POST="405 405 405 405 302"
    ),
    "quote-wall": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "clip-export": Row(_export, GET="404 200 404 404 302", POST="405 405 405 405 302"),
    "clip-export-cancel": Row(_export, GET="405 405 405 405 302", POST="404 302 404 404 302"),
    "clip-export-again": Row(_export, GET="405 405 405 405 302", POST="404 302 404 404 302"),
    "clip-export-download": Row(_export, GET="404 404 404 404 302", POST="405 405 405 405 302"),
}
