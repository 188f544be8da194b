"""The catalogues: complete, compiled, and with every placeholder in its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from engine.errors import EngineError
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


@pytest.mark.slow
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


def _telling() -> Iterator[tuple[str, ast.Call]]:
    """Yields every call by which engine and apps tell people something, with its place."""
    for folder in messages.CODE:
        for path in sorted((messages.ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
                if is_call and node.func.id in messages.TELLING:
                    yield f"{path.relative_to(messages.ROOT)}:{node.lineno}", node


def test_errors_of_the_engine_are_gathered():
    def tree(kind: type[EngineError]) -> Iterator[type[EngineError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from tree(below)

    ours = {kind.__name__ for kind in tree(EngineError) if kind.__module__.split(".")[0] in messages.CODE}
    assert ours <= set(messages.TELLING)


def test_what_is_told_can_be_told_in_every_language():
    """A sentence that Python puts together is in no catalogue: its template stands as it is, values apart."""
    wrong = [
        place
        for place, call in _telling()
        if not (isinstance(call.args[0], (ast.Name, ast.Attribute, ast.Call)))
        and not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ]
    assert wrong == []


def test_values_of_what_is_told_are_those_of_its_template():
    wrong = []
    for place, call in _telling():
        if isinstance(call.args[0], ast.Constant):
            given = {keyword.arg for keyword in call.keywords} - {"detail"}
            if set(re.findall(r"%\((\w+)\)s", call.args[0].value)) != given and None not in given:
                wrong.append(place)
    assert wrong == []


@pytest.mark.slow
def test_what_is_told_is_in_the_texts():
    texts = {message.id for message in messages.texts()}
    said = [call.args[0].value for _, call in _telling() if isinstance(call.args[0], ast.Constant)]
    assert len(said) > 50
    assert set(said) <= texts
