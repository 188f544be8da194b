"""The search in SQLite: an FTS5 table of folded words, kept by triggers that call back into Python to fold them.

>>> from django.db import connection
>>> connection.vendor != "sqlite" or "goblin" in SQLite().words_like("gobln", 1)  # session says it
True
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from sessions_app.models import Segment
from sessions_app.search.asked import Asked, Term, Wanted
from sessions_app.search.backend import REVISION
from sessions_app.search.words import folded_text, words_of

LAST = chr(0x10FFFF)
"""Sorts behind every letter."""

_TABLES = (
    # The words are folded already; unicode61 only divides them at the spaces.
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_lines USING fts5("
    " words, scope, tokenize=\"unicode61 remove_diacritics 0\", prefix='1 2 3')",
    "CREATE TABLE IF NOT EXISTS search_words (word TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS search_revision (revision INTEGER NOT NULL)",
)

_LINE = """
    INSERT INTO search_lines (rowid, words, scope)
    SELECT line.id, scribe_words(line.text), 'c' || session.campaign_id || ' s' || session.id
      FROM sessions_app_segment line JOIN sessions_app_session session ON session.id = line.session_id
     WHERE {which} AND line.removed_at IS NULL AND line.text <> ''
"""
_WORDS = "INSERT OR IGNORE INTO search_words SELECT value FROM json_each(scribe_word_list(new.text))"

_TRIGGERS = {
    "search_line_made": f"""AFTER INSERT ON sessions_app_segment
        WHEN new.removed_at IS NULL AND new.text <> ''
        BEGIN {_LINE.format(which="line.id = new.id")}; {_WORDS}; END""",
    "search_line_gone": """AFTER DELETE ON sessions_app_segment
        BEGIN DELETE FROM search_lines WHERE rowid = old.id; END""",
    "search_line_changed": f"""AFTER UPDATE OF text, removed_at, session_id ON sessions_app_segment
        WHEN new.text <> old.text OR new.removed_at IS NOT old.removed_at OR new.session_id <> old.session_id
        BEGIN
            DELETE FROM search_lines WHERE rowid = old.id;
            {_LINE.format(which="line.id = new.id")};
            {_WORDS};
        END""",
    "search_session_moved": f"""AFTER UPDATE OF campaign_id ON sessions_app_session
        WHEN new.campaign_id <> old.campaign_id
        BEGIN
            DELETE FROM search_lines WHERE rowid IN (SELECT id FROM sessions_app_segment WHERE session_id = new.id);
            {_LINE.format(which="line.session_id = new.id")};
        END""",
}


def _word_list(text: str) -> str:
    return json.dumps(sorted({word.folded for word in words_of(text)}))


def teach(sender: object, connection: Any, **kwargs: object) -> None:
    """Makes the functions that the triggers call known to a new connection; called for each."""
    if connection.vendor != "sqlite":
        return
    raw = connection.connection
    raw.create_function("scribe_words", 1, folded_text, deterministic=True)
    raw.create_function("scribe_word_list", 1, _word_list, deterministic=True)


class SQLite:
    """The search in SQLite."""

    def install(self) -> bool:
        """Makes tables and triggers where they are not there; returns whether the lines must be indexed anew."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table in _TABLES:
                cursor.execute(table)
            for name, trigger in _TRIGGERS.items():
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {trigger}")
            cursor.execute("SELECT revision FROM search_revision")
            return bool(cursor.fetchone() != (REVISION,))

    def uninstall(self) -> None:
        """Drops the triggers: SQLite's tables are made anew when they change, which triggers stand in the way of."""
        with connection.cursor() as cursor:
            for name in _TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")

    def forget(self) -> None:
        """Empties the index."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("search_lines", "search_words", "search_revision"):
                cursor.execute(f"DELETE FROM {table}")

    def index(self, after: int, until: int) -> None:
        """Indexes the lines behind ``after`` up to ``until``, and the words in them."""
        lines = Segment.objects.filter(pk__gt=after, pk__lte=until)
        words = {word.folded for text in lines.values_list("text", flat=True) for word in words_of(text)}
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_lines WHERE rowid > %s AND rowid <= %s", [after, until])
            cursor.execute(_LINE.format(which="line.id > %s AND line.id <= %s"), [after, until])
            cursor.executemany("INSERT OR IGNORE INTO search_words VALUES (%s)", [(word,) for word in words])

    def seal(self) -> None:
        """Says by which revision the lines are indexed."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_revision VALUES (%s)", [REVISION])

    def matching(self, lines: QuerySet[Segment], asked: Asked, scopes: Sequence[str]) -> QuerySet[Segment]:
        """Returns those of ``lines`` that hold what is asked."""
        found = "SELECT rowid FROM search_lines WHERE search_lines MATCH %s"
        return lines.filter(pk__in=RawSQL(found, [_match(asked.wanted, scopes)]))

    def count(self, wanted: Sequence[Wanted], scopes: Sequence[str], limit: int) -> int:
        """Returns how many lines in ``scopes`` hold what is wanted, at most ``limit``."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM (SELECT 1 FROM search_lines WHERE search_lines MATCH %s LIMIT %s)",
                [_match(wanted, scopes), limit],
            )
            return int(cursor.fetchone()[0])

    def words_beginning(self, beginnings: Sequence[str]) -> list[str]:
        """Returns the indexed words that begin with one of ``beginnings``."""
        if not beginnings:
            return []
        any_of = " OR ".join(["word >= %s AND word < %s"] * len(beginnings))
        between = [edge for beginning in beginnings for edge in (beginning, beginning + LAST)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT word FROM search_words WHERE {any_of}", between)
            return [found for (found,) in cursor.fetchall()]

    def words_like(self, word: str, errors: int) -> list[str]:
        """Returns the indexed words that are about as long as ``word``."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word FROM search_words WHERE LENGTH(word) BETWEEN %s AND %s",
                [len(word) - errors, len(word) + errors],
            )
            return [found for (found,) in cursor.fetchall()]


def _match(wanted: Sequence[Wanted], scopes: Sequence[str]) -> str:
    """Returns the question in FTS5's language; words are folded, so that nothing in them has a meaning there."""
    held = [f"words : ({_any(each)})" for each in wanted if not each.excluded]
    question = " AND ".join([f"scope : ({' OR '.join(scopes)})", *held])
    left_out = " OR ".join(_any(each) for each in wanted if each.excluded)
    return f"({question}) NOT words : ({left_out})" if left_out else question


def _any(wanted: Wanted) -> str:
    return " OR ".join(map(_term, wanted.terms))


def _term(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.begins else ""}'
