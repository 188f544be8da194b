"""Reads what went wrong with a request: whether waiting helps, fewer lines help, or nothing does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from engine.classification.language_model.trouble import GaveUp, Reason, Trouble

if TYPE_CHECKING:
    import openai

LONGEST_DETAIL = 300

_TOO_LONG = re.compile(
    r"context.{0,3}(length|size|window)|maximum context|too many tokens|too (long|large)|exceed.{0,40}(token|context)",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"\bmodel\b.{0,60}(not found|not exist|unknown|unavailable)|(unknown|invalid|no such) model|model_not_found",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(
    r"insufficient.?(quota|credit|funds|balance)|exceeded your current quota|billing", re.IGNORECASE
)
_DECLINED = re.compile(r"content.?(filter|policy|management)|moderation|safety system", re.IGNORECASE)


class Passing(Exception):
    """The server can't now.

    Args:
        trouble: what it says.
        wait_s: how long it wants to be left alone; None where it does not say.
        is_connection: whether no server was there at all.
    """

    def __init__(self, trouble: Trouble, wait_s: float | None = None, *, is_connection: bool = False) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble
        self.wait_s = wait_s
        self.is_connection = is_connection


class TimedOut(Exception):
    """No answer within the time for one."""


class TooLong(Exception):
    """More than the model can hold at once."""


def failure_of(error: Exception, key: str) -> Exception:
    """Returns what a request's error means: :class:`Passing`, :class:`TimedOut`, :class:`TooLong` or :class:`GaveUp`.

    Args:
        error: as the ``openai`` package raised it.
        key: to be kept out of what is told.

    >>> failure_of(TimeoutError(), key="")
    TimedOut()
    """
    import openai

    detail = detail_of(error, key)
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, detail)
    if isinstance(error, openai.APITimeoutError) and type(error.__cause__).__name__ == "ConnectTimeout":
        return Passing(Trouble("unreachable", detail), is_connection=True)
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return TimedOut()
    if isinstance(error, openai.APIConnectionError):
        return Passing(Trouble("unreachable", detail), is_connection=True)
    if isinstance(error, UnicodeError):
        return GaveUp(Trouble("key", "The key holds characters that no key has."))
    return GaveUp(Trouble("address", detail))


def _of_status(error: openai.APIStatusError, detail: str) -> Exception:
    status = error.status_code
    if status == 413:
        return TooLong()
    if status == 429 and not _NO_CREDIT.search(detail):
        return Passing(Trouble("rate_limit", detail), _wanted_pause(error))
    if status in (408, 409, 425) or status >= 500:
        return Passing(Trouble("server", detail), _wanted_pause(error))
    return GaveUp(Trouble(_lasting_reason(status, detail), detail))


def _lasting_reason(status: int, detail: str) -> Reason:
    if status in (401, 403):
        return "key"
    if status in (402, 429):
        return "credit"
    if _NO_MODEL.search(detail):
        return "model"
    return "request" if status in (400, 422) else "address"


def is_declined(error: openai.APIStatusError) -> bool:
    """Returns whether a filter before the model refused the lines, as some hosted endpoints do with an error."""
    return bool(_DECLINED.search(words_of(error)))


def is_too_long(error: openai.APIStatusError) -> bool:
    """Returns whether the request holds more than the model can."""
    return bool(_TOO_LONG.search(words_of(error)))


def words_of(error: openai.APIStatusError) -> str:
    """Returns the server's own words and code; servers put them in different places, and some repeat the request."""
    body = error.body
    if isinstance(body, dict):
        body = next((body[name] for name in ("message", "detail", "error") if body.get(name)), "")
    return f"{str(body)[:LONGEST_DETAIL]} {error.code or ''}".strip()


def detail_of(error: Exception, key: str) -> str:
    """Returns what ``error`` says, without ``key``, which some servers repeat.

    >>> detail_of(ValueError("sk-123 is no key"), key="sk-123")
    'ValueError: … is no key'
    """
    text = f"{type(error).__name__}: {error}"
    if hasattr(error, "status_code"):
        text = f"{error.status_code}: {words_of(error)}"  # type: ignore[arg-type]
    elif error.__cause__ is not None and str(error.__cause__):
        text = f"{text} ({error.__cause__})"
    return (text.replace(key, "…") if key else text)[:LONGEST_DETAIL]


def _wanted_pause(error: openai.APIStatusError) -> float | None:
    """Returns the seconds of ``Retry-After``, which is a number or a date."""
    value = error.response.headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
