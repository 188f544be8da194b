"""Rows of the people of a campaign and of their voiceprints."""

from tests.access.row import House, Row, of_campaign


def _speaker(house: House) -> list[object]:
    return [house.speaker.uuid]


def _voiceprint(house: House) -> list[object]:
    return [house.voiceprint.uuid]


ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous
    "speaker-list": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "speaker-detail": Row(_speaker, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "speaker-edit": Row(
        _speaker,
        GET="200 200 403 404 302",
        POST="302 302 403 404 302",
        data={"name": "Anneke", "role": "dm", "colour": "3"},
    ),
    "speaker-merge": Row(_speaker, GET="200 200 403 404 302", POST="200 200 403 404 302"),
    "speaker-remove": Row(_speaker, GET="200 200 403 404 302", POST="302 302 403 404 302"),
    "speaker-forget": Row(_speaker, GET="200 200 403 404 302", POST="302 302 403 404 302"),
    "speaker-consent": Row(_speaker, GET="405 405 405 405 302", POST="302 403 403 404 302"),
    "voiceprint-delete": Row(_voiceprint, GET="200 200 403 404 302", POST="302 302 403 404 302"),
    "voiceprint-audio": Row(_voiceprint, GET="404 404 403 404 302", POST="405 405 405 405 302"),
    "own-voice": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "own-voice-read": Row(of_campaign, GET="405 405 405 405 302", POST="422 422 422 404 302"),
    "own-voice-task": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
}
