"""A search finds what a plain scan of all lines finds, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.models import Segment
from sessions_app.search import asking
from sessions_app.search.asking import search
from sessions_app.search.words import folded_text

pytestmark = pytest.mark.django_db

WORDS = ("De", "draak", "Draken", "één", "een", "zwaard", "zwaarden", "niet", "Æther", "Ærlig", "straße", "STRASSE",
         "Ωmega", "ёлка", "d'Artagnan", "half-elf", "3", "20", "naïef", "cafe\u0301", "ĳs", "ﬁre", "x_y")  # fmt: skip
BETWEEN = (" ", ", ", "... ", " — ", "\n", "!  ")

line = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)), min_size=1, max_size=8).map(
    lambda parts: "".join(word + between for word, between in parts)
)
asked = st.lists(
    st.tuples(
        st.sampled_from(("", "-")),
        st.one_of(st.sampled_from(WORDS), st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS))),
    ),
    min_size=1,
    max_size=3,
)


def plainly(text: str) -> list[str]:
    """Words without case and accents, by another way than the search's."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return re.findall(r"[^\W_]+", "".join(letter for letter in bare if not unicodedata.combining(letter)))


def holds(text: str, wanted: str | tuple[str, str]) -> bool:
    words = plainly(text)
    phrase = plainly(" ".join(wanted) if isinstance(wanted, tuple) else wanted)
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words)))


def typed(parts: list[tuple[str, str | tuple[str, str]]]) -> str:
    """All in quotes, so that these words are meant and no other forms of them."""
    return " ".join(f'{sign}"{" ".join(what) if isinstance(what, tuple) else what}"' for sign, what in parts)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(line, min_size=1, max_size=12), question=asked, few=st.sampled_from((0, 1000)))
def test_a_search_finds_what_a_plain_scan_finds(house, evening, say, lines, question, few):
    house.sessions.all().delete()
    sessions = [evening("nl"), evening("en")]
    expected = set()
    for number, text in enumerate(lines):
        key = say(sessions[number % 2], text).pk
        wanted = [what for sign, what in question if not sign]
        left_out = [what for sign, what in question if sign]
        if all(holds(text, what) for what in wanted) and not any(holds(text, what) for what in left_out):
            expected.add(key)
    before, asking.FEW = asking.FEW, few
    try:
        found = search(house, typed(question))
    finally:
        asking.FEW = before
    assert {hit.key for hit in found.hits} == expected
    assert all(bool(hit.marks) == any(not sign for sign, _ in question) for hit in found.hits)
    numbers = [(-next(s.number for s in sessions if s.pk == hit.session), hit.start_ms) for hit in found.hits]
    assert all(here <= there for here, there in pairwise(numbers))


LETTERS = st.characters(
    min_codepoint=32,
    max_codepoint=0x4FF,
    categories=("L", "Nd", "P", "Z", "S", "Mn"),
    exclude_characters="\u0345\u037a",
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(LETTERS, max_size=30))
def test_the_database_folds_words_as_the_search_does(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT scribe_words(%s)", [text])
        assert cursor.fetchone()[0] == folded_text(text)


def test_every_line_can_be_found_by_each_of_its_words(house, evening, say):
    session = evening("nl")
    for word in WORDS:
        say(session, f"zie {word} hier")
    for line in Segment.objects.all():
        for word in plainly(line.text):
            assert line.pk in {hit.key for hit in search(house, f'"{word}"').hits}
