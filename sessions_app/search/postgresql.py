"""The search in PostgreSQL: a text search vector per line, kept by triggers, and a trigram index of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from sessions_app.models import Segment
from sessions_app.search.asked import Asked, Term, Wanted
from sessions_app.search.backend import REVISION

EXTENSION = "pg_trgm"
ALIKE = 0.1
"""Trigrams that words with few errors have in common at least, as a share; few, as short words have few."""

_TABLES = (
    """CREATE TABLE IF NOT EXISTS search_lines (
        line_id bigint PRIMARY KEY,
        campaign_id bigint NOT NULL,
        session_id bigint NOT NULL,
        words tsvector NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS search_lines_words ON search_lines USING gin (words)",
    "CREATE INDEX IF NOT EXISTS search_lines_session ON search_lines (session_id)",
    # Not unique: whoever writes at the same time never waits for, or locks out, others that write the same words.
    'CREATE TABLE IF NOT EXISTS search_words (word text COLLATE "C" NOT NULL)',
    "CREATE INDEX IF NOT EXISTS search_words_word ON search_words (word)",
    "CREATE INDEX IF NOT EXISTS search_words_letters ON search_words USING gin (word gin_trgm_ops)",
    "CREATE TABLE IF NOT EXISTS search_revision (revision integer NOT NULL)",
)

_LINES = """
    INSERT INTO search_lines
    SELECT segment.id, session.campaign_id, session.id, scribe_vector(scribe_words(segment.text))
      FROM sessions_app_segment segment JOIN sessions_app_session session ON session.id = segment.session_id
     WHERE {which} AND segment.removed_at IS NULL AND segment.text <> ''
    ON CONFLICT (line_id) {conflict}"""
_WORDS = """
    INSERT INTO search_words
    SELECT DISTINCT word FROM search_lines, unnest(tsvector_to_array(words)) AS parts(word)
     WHERE {which} AND NOT EXISTS (SELECT 1 FROM search_words WHERE search_words.word = parts.word)"""

_FUNCTIONS = (
    # As sessions_app.search.words folds them, with a space between; by the rules of Unicode, whatever the locale is.
    r"""CREATE OR REPLACE FUNCTION scribe_words(line text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT btrim(regexp_replace(regexp_replace(replace(replace(normalize(lower(normalize(
            regexp_replace(line, '[^[:alnum:]\u0300-\u036f]+' COLLATE "und-x-icu", ' ', 'g'),
            NFKD) COLLATE "und-x-icu"), NFKD), 'ß', 'ss'), U&'\03C2', U&'\03C3'),
            '[^[:alnum:] ]' COLLATE "und-x-icu", '', 'g'), ' +', ' ', 'g')) $$""",
    """CREATE OR REPLACE FUNCTION scribe_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT COALESCE(string_agg('''' || word || ''':' || least(place, 16383), ' '), '')::tsvector
          FROM regexp_split_to_table(words, ' ') WITH ORDINALITY AS parts(word, place) WHERE word <> '' $$""",
    f"""CREATE OR REPLACE FUNCTION scribe_index(line bigint) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM search_lines WHERE line_id = line;
            {_LINES.format(which="segment.id = line", conflict="DO UPDATE SET words = excluded.words")};
            {_WORDS.format(which="line_id = line")};
        END $$""",
    """CREATE OR REPLACE FUNCTION scribe_line_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                TRUNCATE search_lines;
            ELSIF TG_OP = 'DELETE' THEN
                DELETE FROM search_lines WHERE line_id = old.id;
            ELSIF TG_OP = 'INSERT' OR new.text <> old.text OR new.removed_at IS DISTINCT FROM old.removed_at
                  OR new.session_id <> old.session_id THEN
                PERFORM scribe_index(new.id);
            END IF;
            RETURN NULL;
        END $$""",
    """CREATE OR REPLACE FUNCTION scribe_session_moved() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF new.campaign_id <> old.campaign_id THEN
                UPDATE search_lines SET campaign_id = new.campaign_id WHERE session_id = new.id;
            END IF;
            RETURN NULL;
        END $$""",
)

_TRIGGERS = {
    "search_line_changed": (
        "sessions_app_segment",
        "AFTER INSERT OR DELETE OR UPDATE OF text, removed_at, session_id ON sessions_app_segment "
        "FOR EACH ROW EXECUTE FUNCTION scribe_line_changed()",
    ),
    "search_lines_emptied": (
        "sessions_app_segment",
        "AFTER TRUNCATE ON sessions_app_segment EXECUTE FUNCTION scribe_line_changed()",
    ),
    "search_session_moved": (
        "sessions_app_session",
        "AFTER UPDATE OF campaign_id ON sessions_app_session "
        "FOR EACH ROW EXECUTE FUNCTION scribe_session_moved()",
    ),
}


class PostgreSQL:
    """The search in PostgreSQL."""

    def install(self) -> bool:
        """Makes tables, functions and triggers where they are not there; tells whether to index all lines anew.

        Raises:
            ImproperlyConfigured: the database's user may not make the extension that is needed.
        """
        with connection.cursor() as cursor:
            _extend()
            with transaction.atomic():
                for statement in (*_TABLES, *_FUNCTIONS):
                    cursor.execute(statement)
                for name, (table, trigger) in _TRIGGERS.items():
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                    cursor.execute(f"CREATE TRIGGER {name} {trigger}")
                cursor.execute("SELECT revision FROM search_revision")
                return bool(cursor.fetchone() != (REVISION,))

    def uninstall(self) -> None:
        """Drops the triggers."""
        with connection.cursor() as cursor:
            for name, (table, _trigger) in _TRIGGERS.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")

    def forget(self) -> None:
        """Empties the index."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("search_lines", "search_words", "search_revision"):
                cursor.execute(f"DELETE FROM {table}")

    def index(self, after: int, until: int) -> None:
        """Indexes the lines behind ``after`` up to ``until``; what somebody writes meanwhile, they have indexed."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_lines WHERE line_id > %s AND line_id <= %s", [after, until])
            lines = _LINES.format(which="segment.id > %s AND segment.id <= %s", conflict="DO NOTHING")
            cursor.execute(lines, [after, until])
            cursor.execute(_WORDS.format(which="line_id > %s AND line_id <= %s"), [after, until])

    def seal(self) -> None:
        """Says by which revision the lines are indexed, and has the planner look at them."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_revision VALUES (%s)", [REVISION])
            cursor.execute("ANALYZE search_lines, search_words")

    def matching(self, lines: QuerySet[Segment], asked: Asked, scopes: Sequence[str]) -> QuerySet[Segment]:
        """Returns those of ``lines`` that hold what is asked."""
        where, params = _where(asked.wanted, scopes)
        found = f"SELECT line_id FROM search_lines WHERE {where}"
        return lines.filter(pk__in=RawSQL(found, params))

    def count(self, wanted: Sequence[Wanted], scopes: Sequence[str], limit: int) -> int:
        """Returns how many lines in ``scopes`` hold what is wanted, at most ``limit``."""
        where, params = _where(wanted, scopes)
        with connection.cursor() as cursor:
            # Materialized, so that the limit does not make the planner read all lines in the hope of an early end.
            cursor.execute(
                f"WITH found AS MATERIALIZED (SELECT 1 FROM search_lines WHERE {where})"
                " SELECT COUNT(*) FROM (SELECT 1 FROM found LIMIT %s) AS first_ones",
                [*params, limit],
            )
            return int(cursor.fetchone()[0])

    def words_beginning(self, beginnings: Sequence[str]) -> list[str]:
        """Returns the indexed words that begin with one of ``beginnings``.

        >>> PostgreSQL().words_beginning([])
        []
        """
        if not beginnings:
            return []
        any_of = " OR ".join(["word LIKE %s"] * len(beginnings))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT word FROM search_words WHERE {any_of}", [f"{each}%" for each in beginnings]
            )
            return [found for (found,) in cursor.fetchall()]

    def words_like(self, word: str, errors: int) -> list[str]:
        """Returns the indexed words that share letters with ``word``, among them all with so few errors."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, TRUE)", [str(ALIKE)])
            cursor.execute(
                "SELECT DISTINCT word FROM search_words WHERE word %% %s AND LENGTH(word) BETWEEN %s AND %s",
                [word, len(word) - errors, len(word) + errors],
            )
            return [found for (found,) in cursor.fetchall()]


def _extend() -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            f"The search needs PostgreSQL's extension {EXTENSION}, which this database user may not make. "
            f"Let the database's owner run: CREATE EXTENSION {EXTENSION};"
        ) from error


def _where(wanted: Sequence[Wanted], scopes: Sequence[str]) -> tuple[str, list[Any]]:
    column = {"c": "campaign_id", "s": "session_id"}[scopes[0][0]]
    parts: list[str] = [f"{column} = ANY(%s::bigint[])"]
    params: list[Any] = [[int(scope[1:]) for scope in scopes]]
    for each in wanted:
        parts.append(f"{'NOT ' if each.excluded else ''}words @@ %s::tsquery")
        params.append(" | ".join(map(_term, each.terms)))
    return " AND ".join(parts), params


def _term(term: Term) -> str:
    """Returns a term as a query; words are folded, letters and digits alone, so that quoting them is safe."""
    words = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({words}:*)" if term.begins else f"({words})"
