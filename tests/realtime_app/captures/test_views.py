"""What devices and captioners ask over HTTP."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from realtime_app.captures import tokens
from realtime_app.captures.audio_file import CaptureFile
from tests.realtime_app.captures.conftest import sound

pytestmark = pytest.mark.django_db

WHOLE = sound(8000)


@pytest.fixture
def uuid():
    uuid = uuid4()
    with CaptureFile(uuid) as file:
        file.append(0, WHOLE.tobytes())
    return uuid


def ask(uuid, token: str, first: object = 0):
    address = reverse("capture-audio", args=[uuid])
    return Client().get(address, {"from": first}, headers={"Authorization": f"Captioner {token}"})


def test_a_captioner_reads_on_from_where_it_is(uuid):
    answer = ask(uuid, tokens.captioner_token(uuid), 3000)
    assert answer.headers["X-Scribe-Held"] == "8000"
    assert np.array_equal(np.frombuffer(answer.content, "<i2"), WHOLE[3000:])


def test_at_the_end_there_is_nothing_yet(uuid):
    answer = ask(uuid, tokens.captioner_token(uuid), 9000)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("first", ["-1", "x", "1.5"])
def test_nonsense_is_not_there(uuid, first):
    assert ask(uuid, tokens.captioner_token(uuid), first).status_code == 404


def test_a_token_opens_one_capture(uuid):
    assert ask(uuid, tokens.captioner_token(uuid4())).status_code == 404


def test_a_token_is_short_lived(uuid, monkeypatch):
    token = tokens.captioner_token(uuid)
    monkeypatch.setattr(tokens, "CAPTIONER_LIFETIME", timedelta(seconds=-1))
    assert ask(uuid, token).status_code == 404


def test_a_capture_without_a_file_is_not_there():
    gone = uuid4()
    assert ask(gone, tokens.captioner_token(gone)).status_code == 404


def test_a_pages_token_begins_captures_of_its_session_alone(client, editor, session):
    client.force_login(editor)
    answer = client.post(reverse("capture-token", args=[session.uuid]))
    assert tokens.read_session_token(answer.json()["token"]) == (editor, session)
    assert tokens.read_capture_token(answer.json()["token"]) is None
    assert answer.headers["Cache-Control"] == "no-store"
