"""The documentation says what is so: its examples run, its links lead somewhere, and nothing public goes unsaid."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

from tools.docs.api import public_modules

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
WITH_EXAMPLES = [path for path in PAGES if re.search("^>>> ", path.read_text(), re.MULTILINE)]
READ_ON_THE_WEB = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
IN_CODE = re.compile(r"(?<![\w/])docs/[\w/-]+\.md")
RUN_AT_IMPORT = {"scribe_site.asgi"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_examples_of_a_page_hold(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(doctest.DocTestParser().get_doctest(path.read_text(), {}, path.stem, str(path), 0))
    assert runner.tries
    assert not runner.failures


@pytest.mark.parametrize("path", READ_ON_THE_WEB, ids=lambda path: path.stem)
def test_links_between_pages_lead_to_a_file(path):
    targets = [target for target in LINK.findall(path.read_text()) if not target.startswith(("http", "<"))]
    generated = ("api/", "reference/api/", "../reference/api/")
    assert [t for t in targets if not t.startswith(generated) and not (path.parent / t).exists()] == []


def test_pages_that_code_speaks_of_are_there():
    places = [
        ROOT / "templates",
        *(ROOT / name for name in ("engine", "sessions_app", "realtime_app", "tests")),
    ]
    files = [path for place in places for kind in ("*.py", "*.html") for path in place.rglob(kind)]
    named = {name for path in files if path != Path(__file__) for name in IN_CODE.findall(path.read_text())}
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", [name for name in public_modules() if name not in RUN_AT_IMPORT])
def test_a_module_and_all_that_is_public_in_it_say_what_they_are(name):
    module = importlib.import_module(name)
    public = [
        (label, thing)
        for label, thing in vars(module).items()
        if not label.startswith("_")
        and getattr(thing, "__module__", "") == name
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and not hasattr(thing, "view_class")  # Django's own, made of a class that says it
    ]
    assert (module.__doc__ or "").strip()
    assert [label for label, thing in public if not (thing.__doc__ or "").strip()] == []


def test_every_module_shows_by_an_example_what_it_does():
    silent = {"realtime_app.captioner.life", "sessions_app.worker_process"}  # they end their process
    without = {
        name
        for name in public_modules()
        if not re.search("^ *>>> ", inspect.getsource(importlib.import_module(name)), re.MULTILINE)
    }
    assert without == silent
