"""What followers are told, and when they are spared."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import OperationalError

from engine.live.values import Draft
from realtime_app.captioner.followers import DELAY_EVERY_S, DELAY_FROM_MS, Followers
from realtime_app.live import publishing
from realtime_app.models import Capture
from sessions_app.models import Segment

CAPTURE = Capture()
DRAFT = Draft(uuid4(), 0, 1000, "we", "open")
LATE = DELAY_FROM_MS + 1


@pytest.fixture
def told(monkeypatch) -> list[tuple]:
    told: list[tuple] = []
    for name in ("publish_draft", "publish_final", "publish_relabelled", "publish_delay"):
        monkeypatch.setattr(publishing, name, lambda *what, name=name: told.append((name, *what)))
    return told


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_all_is_published_while_redis_answers_and_nothing_while_it_does_not(told):
    for answers in (True, False):
        followers = Followers(lambda answers=answers: answers)
        followers.draft(CAPTURE, DRAFT, 5)
        followers.final(CAPTURE, DRAFT.utterance, [], 5)
        followers.relabelled(None, [Segment()])
        followers.delay(CAPTURE, LATE)
    assert [name for name, *_ in told] == [
        "publish_draft",
        "publish_final",
        "publish_relabelled",
        "publish_delay",
    ]


def test_nothing_is_relabelled_where_no_line_changed(told):
    Followers(lambda: True).relabelled(None, [])
    assert told == []


def test_a_delay_is_told_each_second_while_it_is_long_and_once_when_it_is_over(told):
    clock = Clock()
    followers = Followers(lambda: True, clock)
    followers.delay(CAPTURE, DELAY_FROM_MS)
    assert told == []
    for _ in range(3):
        followers.delay(CAPTURE, LATE)
    assert len(told) == 1
    clock.now += DELAY_EVERY_S
    followers.delay(CAPTURE, LATE)
    followers.delay(CAPTURE, 10)
    followers.delay(CAPTURE, 10)
    assert [what[-1] for what in told] == [LATE, LATE, 10]


def test_a_database_that_fails_while_lines_are_drawn_costs_only_the_message(told, monkeypatch):
    def fails(*what):
        raise OperationalError("database is locked")

    monkeypatch.setattr(publishing, "publish_final", fails)
    Followers(lambda: True).final(CAPTURE, DRAFT.utterance, [], 5)
