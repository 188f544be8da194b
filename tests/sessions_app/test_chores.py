"""What is looked after every few seconds."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import OperationalError

from sessions_app import chores


@pytest.fixture(autouse=True)
def no_chores(monkeypatch):
    monkeypatch.setattr(chores, "_chores", [])


def test_a_chore_that_fails_keeps_no_other_from_being_done(caplog):
    done = []

    def fail() -> None:
        raise ValueError("a stone in the shoe")

    chores.register(fail)
    chores.register(lambda: done.append(1))
    chores.do_chores()
    assert done == [1]
    assert "fail failed" in caplog.text


def test_a_database_that_does_not_answer_ends_the_round():
    def fail() -> None:
        raise OperationalError("gone")

    chores.register(fail)
    with pytest.raises(OperationalError):
        chores.do_chores()


@pytest.mark.django_db(transaction=True)
def test_the_reconciler_does_them():
    done = []

    def chore() -> None:
        done.append(1)

    chores.register(chore)
    chores.register(chore)
    call_command("reconcile", once=True)
    assert done == [1]
