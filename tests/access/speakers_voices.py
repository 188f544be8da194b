"""Rows of the voices of a session and of what people decide about them."""

from typing import Any

from tests.access.row import House, Row, of_session


def of_voice(house: House) -> list[Any]:
    """Arguments of an address under the voice."""
    return [house.voice.uuid]


ROWS: dict[str, Row] = {
    # owner, editor, viewer, outsider, anonymous
    "session-voices": Row(of_session, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "voices-propose": Row(of_session, GET="200 200 403 404 302", POST="405 405 405 405 302"),
    "voices-confirm": Row(of_session, POST="302 302 403 404 302", GET="405 405 405 405 302"),
    "voice-name": Row(of_voice, POST="302 302 403 404 302", GET="405 405 405 405 302", data={"name": "Anna"}),
    "voice-unname": Row(of_voice, POST="302 302 403 404 302", GET="405 405 405 405 302"),
    "voice-release": Row(of_voice, POST="302 302 403 404 302", GET="405 405 405 405 302"),
    "voice-merge": Row(of_voice, POST="302 302 403 404 302", GET="405 405 405 405 302"),
    "voice-separate": Row(of_voice, POST="302 302 403 404 302", GET="405 405 405 405 302"),
    "change-undo": Row(
        lambda house: [house.change.uuid], POST="302 302 403 404 302", GET="405 405 405 405 302"
    ),
}
