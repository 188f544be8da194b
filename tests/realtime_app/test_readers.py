"""In which language a socket speaks to the person at its other end."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from realtime_app.readers import reader_of
from sessions_app.models import User


def scope(chosen: str | None, accepted: str = "") -> dict:
    user = AnonymousUser() if chosen is None else User(interface_language=chosen)
    return {"user": user, "headers": [(b"host", b"scribe"), (b"accept-language", accepted.encode())]}


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("nl", "en", "nl"),
        ("en", "nl-NL,nl;q=0.9", "en"),
        ("", "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("", "de,nl;q=0.5,en;q=0.7", "en"),
        (None, "nl", "nl"),
        ("", "tlh", "en"),
        ("", "", "en"),
        ("xx", "*, ;q=", "en"),
    ],
)
def test_choice_wins_over_the_browser_and_both_over_english(chosen, accepted, language):
    assert reader_of(scope(chosen, accepted)) == language


def test_programs_send_no_headers():
    assert reader_of({}) == "en"
