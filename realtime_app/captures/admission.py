"""Who may send a capture: the first message on its socket brings a token that says so."""

from __future__ import annotations

from typing import Any

from engine.told import Told
from realtime_app.captures import messages
from realtime_app.captures.beginning import TooMany, begin_capture
from realtime_app.captures.over import Over, refused
from realtime_app.captures.protocol import CLOSE_EXPIRED, CLOSE_LIMIT
from realtime_app.captures.tokens import BadToken, ExpiredToken, read_capture_token, read_session_token
from realtime_app.models import Capture


def admit(hello: dict[str, Any]) -> Capture:
    """Returns the capture that is gone on with, or a new one, as the token of ``hello`` allows.

    Raises:
        BadFrame: the message is none that begins a conversation.
        Over: the token is none, or not any more, or the campaign has as many captures as it may have.

    >>> from realtime_app.captures.tokens import session_token
    >>> hello = {"type": "hello", "token": session_token(owner, session), "key": "phone-of-olga", "label": "Phone"}
    >>> admit(hello).label
    'Phone'
    >>> admit({"type": "hello", "token": "no token of ours"})
    Traceback (most recent call last):
        ...
    realtime_app.captures.over.Over: refused
    """
    token = messages.token_in(hello)
    try:
        capture = read_capture_token(token)
        if capture is not None:
            return capture
        begins = read_session_token(token)
        if begins is None:
            raise refused()
        capture = begin_capture(*begins, messages.wish_in(hello))
    except ExpiredToken:
        text = Told("Your login has ended. Log in again to go on; nothing that was recorded is lost.")
        raise Over(CLOSE_EXPIRED, "expired", text) from None
    except BadToken:
        raise refused() from None
    except TooMany as error:
        raise Over(CLOSE_LIMIT, "limit", error.args[0]) from None
    return Capture.objects.select_related("session__campaign", "user").get(pk=capture.pk)
