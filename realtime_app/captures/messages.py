"""Reads what a capture's client says, and believes none of it unseen."""

from __future__ import annotations

import json
from typing import Any

from realtime_app.captures.beginning import Wish
from realtime_app.captures.inbox import Silence
from realtime_app.captures.protocol import BadFrame

MAX_TEXT = 8192
KEY_LENGTH, LABEL_LENGTH = 64, 80


def read_message(text: str) -> dict[str, Any]:
    """Returns the message as an object with a ``type``.

    Raises:
        BadFrame: it is none.
    """
    if len(text) > MAX_TEXT:
        raise BadFrame("a message is shorter than that")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("a message is JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise BadFrame("a message is an object with a type")
    return message


def token_in(hello: dict[str, Any]) -> str:
    """Returns the token of a hello; an empty one is none."""
    token = hello.get("token")
    return token if hello["type"] == "hello" and isinstance(token, str) and token.isascii() else ""


def wish_in(hello: dict[str, Any]) -> Wish:
    """Returns what the client wants to begin.

    Raises:
        BadFrame: it does not say by which key.

    >>> wish_in({"type": "hello", "key": "phone-of-olga", "label": "  Olga's   phone "})
    Wish(key='phone-of-olga', label="Olga's phone", captioned=True)
    """
    key, label, captioned = hello.get("key"), hello.get("label", ""), hello.get("captioned", True)
    if not (isinstance(key, str) and 8 <= len(key) <= KEY_LENGTH and key.isascii() and key.isprintable()):
        raise BadFrame(f"a capture begins with a key of 8 to {KEY_LENGTH} plain characters")
    if not isinstance(label, str):
        raise BadFrame("a label is text")
    shown = "".join(letter for letter in " ".join(label.split()) if letter.isprintable())
    return Wish(key, shown[:LABEL_LENGTH], captioned is not False)


def gap_in(message: dict[str, Any], most_samples: int) -> Silence:
    """Returns the gap that a message declares.

    Raises:
        BadFrame: it runs backwards, beyond the longest capture, or for no known reason.

    >>> gap_in({"type": "gap", "first": 16_000, "end": 8_000, "reason": "lost"}, most_samples=48_000)
    Traceback (most recent call last):
        ...
    realtime_app.captures.protocol.BadFrame: there can be no gap from 16000 to 8000
    """
    first, end, reason = message.get("first"), message.get("end"), message.get("reason")
    if reason not in ("pause", "lost"):
        raise BadFrame("a gap is a pause or lost")
    if not 0 <= _whole(first) < _whole(end) <= most_samples:
        raise BadFrame(f"there can be no gap from {first} to {end}")
    return Silence(_whole(first), _whole(end), reason)


def samples_in(message: dict[str, Any]) -> int:
    """Returns how many samples the client has recorded in all.

    Raises:
        BadFrame: it does not say.
    """
    return _whole(message.get("samples"))


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadFrame(f"{value!r} counts no samples")
    return value
