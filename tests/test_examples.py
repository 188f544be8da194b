"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

PACKAGES = ("engine", "sessions_app", "speakers_app", "realtime_app", "scribe_site", "tools")
RUNS_AT_IMPORT = {"engine.__main__", "scribe_site.asgi", "scribe_site.wsgi"}


def modules() -> list[str]:
    found = []
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        found += [module.name for module in pkgutil.walk_packages(path, f"{package}.")]
    return [name for name in found if ".migrations" not in name and name not in RUNS_AT_IMPORT]


def with_examples() -> list[str]:
    return [
        name for name in modules() if ">>>" in (importlib.util.find_spec(name).loader.get_source(name) or "")
    ]


@pytest.mark.parametrize("name", with_examples())
def test_examples_in_docstrings_hold(name):
    module = importlib.import_module(name)
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert found.attempted
    assert not found.failed
