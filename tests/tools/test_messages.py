"""The catalogues: complete, compiled, and with every placeholder in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from tools import messages

PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%%\d|\{[a-z_]*\}|</?[a-z]+[^>]*>")


@pytest.fixture(scope="module", params=messages.LANGUAGES)
def language(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def catalog(language) -> Catalog:
    return messages.read(language)


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """Yields each translation with the text that it stands for."""
    if isinstance(message.id, str):
        yield message.id, str(message.string)
    else:
        singular, plural = message.id
        yield singular, message.string[0]
        yield from ((plural, form) for form in message.string[1:])


def test_every_text_is_in_the_catalogue(catalog):
    wanted = {(message.context, str(message.id)) for message in messages.texts() if message.id}
    kept = {(message.context, str(message.id)) for message in catalog if message.id}
    assert sorted(map(str, wanted ^ kept)) == []


def test_every_text_is_translated(catalog):
    assert messages.untranslated(catalog) == []


def test_placeholders_are_those_of_the_text(catalog):
    wrong = [
        (text, translation)
        for message in catalog
        if message.id
        for text, translation in forms(message)
        if set(PLACEHOLDER.findall(text)) ^ set(PLACEHOLDER.findall(translation))
    ]
    assert wrong == []


def test_edges_are_those_of_the_text(catalog):
    def edges(text: str) -> tuple[bool, bool, bool, bool]:
        return text[:1].isspace(), text[-1:].isspace(), text.startswith("\n"), text.endswith("\n")

    wrong = [t for m in catalog if m.id for t, n in forms(m) if edges(t) != edges(n)]
    assert wrong == []


def test_what_django_reads_is_what_is_kept(language, catalog):
    def contents(of: Catalog) -> dict[tuple[str | None, tuple[str, ...]], list[str]]:
        return {(m.context, tuple(_listed(m.id))): _listed(m.string) for m in of if m.id}

    with messages.catalogue_path(language).with_suffix(".mo").open("rb") as file:
        assert contents(read_mo(file)) == contents(catalog)


def _listed(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)
