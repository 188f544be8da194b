"""The index is there after set-up, and is made anew when it has to be."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

from sessions_app.search import backend as backends
from sessions_app.search.asking import search
from sessions_app.search.backend import backend

pytestmark = pytest.mark.django_db


class Step:
    app_label = "sessions_app"


def migrated(plan) -> None:
    config = apps.get_app_config("sessions_app")
    pre_migrate.send(config, app_config=config, using="default", plan=plan)
    post_migrate.send(config, app_config=config, using="default", plan=plan)


def found(house) -> int:
    return len(search(house, "gold").hits)


def emptied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_lines")


def test_a_migration_of_these_tables_indexes_anew(house, evening, say):
    say(evening(), "gold")
    emptied()
    assert found(house) == 0
    migrated(plan=[(Step, False)])
    assert found(house) == 1


def test_setting_up_again_indexes_nothing(house, evening, say):
    say(evening(), "gold")
    migrated(plan=[])
    assert found(house) == 1
    emptied()
    migrated(plan=[])
    assert found(house) == 0


def test_another_way_of_indexing_indexes_anew(house, evening, say, monkeypatch):
    say(evening(), "gold")
    emptied()
    for module in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"sessions_app.search.{module}.REVISION", backends.REVISION + 1)
    migrated(plan=[])
    assert found(house) == 1


def test_lines_written_while_the_triggers_are_away_are_found_after_setting_up(house, evening, say):
    session = evening()
    backend().uninstall()
    say(session, "gold")
    assert found(house) == 0
    migrated(plan=[(Step, False)])
    say(session, "more gold")
    assert found(house) == 2


def test_the_command_indexes_anew_and_tells_how_far_it_is(house, evening, say):
    say(evening(), "gold")
    emptied()
    told = StringIO()
    call_command("reindex_search", stdout=told)
    assert found(house) == 1
    assert "1 of 1 lines" in told.getvalue()


def test_a_database_without_lines_is_left_alone(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    migrated(plan=[(Step, False)])


def test_lines_as_they_once_were_are_not_indexed(house, evening, say, monkeypatch):
    say(evening(), "gold")
    emptied()
    monkeypatch.setattr(connection.introspection, "get_table_description", lambda cursor, table: [])
    migrated(plan=[(Step, True)])
    assert found(house) == 0
