"""Tokens: what lets a device record without a login, for a session (to begin) or for one capture (to go on)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing

from realtime_app.models import Capture
from sessions_app.models import Session, User

SESSION_LIFETIME = timedelta(hours=24)
CAPTURE_LIFETIME = timedelta(days=30)

CAPTIONER_LIFETIME = timedelta(minutes=2)

_SESSION, _CAPTURE = "scribe.capture.session", "scribe.capture.capture"
_CAPTIONER = "scribe.capture.captioner"


class BadToken(Exception):
    """The token was never good, or what it is for is gone or no longer allowed."""


class ExpiredToken(BadToken):
    """The token was good once."""


def session_token(user: User, session: Session) -> str:
    """Returns a token with which ``user`` may begin captures of ``session``."""
    return signing.dumps({"user": user.pk, "session": str(session.uuid)}, salt=_SESSION)


def capture_token(capture: Capture) -> str:
    """Returns a token with which the device of ``capture`` goes on with it."""
    return signing.dumps({"capture": str(capture.uuid)}, salt=_CAPTURE)


def read_session_token(token: str) -> tuple[User, Session] | None:
    """Returns who may begin captures of which session, or None where it is no token for a session.

    Raises:
        ExpiredToken: it was one.
        BadToken: who it is for is gone or may no longer change the session.

    >>> read_session_token(session_token(owner, session)) == (owner, session)
    True
    >>> read_session_token("no token of ours") is None
    True
    """
    data = _read(token, _SESSION, SESSION_LIFETIME)
    if data is None:
        return None
    user = User.objects.filter(pk=data["user"], is_active=True).first()
    session = (
        Session.objects.editable_by(user).select_related("campaign").filter(uuid=data["session"]).first()
        if user
        else None
    )
    if user is None or session is None:
        raise BadToken
    return user, session


def read_capture_token(token: str) -> Capture | None:
    """Returns the capture that may be gone on with, or None where it is no token for a capture.

    Raises:
        ExpiredToken: it was one.
        BadToken: the capture is gone, or whoever began it may no longer change its session.
    """
    data = _read(token, _CAPTURE, CAPTURE_LIFETIME)
    if data is None:
        return None
    capture = Capture.objects.select_related("session__campaign", "user").filter(uuid=data["capture"]).first()
    if capture is None or not may_record(capture):
        raise BadToken
    return capture


def may_record(capture: Capture) -> bool:
    """Whether whoever began the capture may still record for its session."""
    user = capture.user
    if user is None or not User.objects.filter(pk=user.pk, is_active=True).exists():
        return False
    return Session.objects.editable_by(user).filter(pk=capture.session_id).exists()


def captioner_token(uuid: UUID) -> str:
    """Returns a token with which a captioner, on any machine with the same secret, reads the capture's audio."""
    return signing.dumps({"audio": str(uuid)}, salt=_CAPTIONER)


def is_captioner_token(token: str, uuid: UUID) -> bool:
    """Whether ``token`` opens the audio of the capture ``uuid`` now."""
    try:
        data = _read(token, _CAPTIONER, CAPTIONER_LIFETIME)
    except ExpiredToken:
        return False
    return data is not None and data.get("audio") == str(uuid)


def _read(token: str, salt: str, lifetime: timedelta) -> dict[str, Any] | None:
    try:
        data: dict[str, Any] = signing.loads(token, salt=salt, max_age=lifetime)
    except signing.SignatureExpired as error:
        raise ExpiredToken from error
    except signing.BadSignature:
        return None
    return data
