"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re

import pytest

from sessions_app.models import Character, CharacterRole
from tests.sessions_app.transcripts.telling import tell

PACKAGES = ("engine", "sessions_app", "speakers_app", "realtime_app", "scribe_site", "tools")
RUNS_AT_IMPORT = {"engine.__main__"}
HOUSE = ("campaign", "session", "owner", "client")
"""Names that examples may use without saying where they come from: docs/how-to/write-documentation.md tells of them."""


def modules() -> list[str]:
    found = []
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        found += [package, *(module.name for module in pkgutil.walk_packages(path, f"{package}."))]
    return [name for name in found if ".migrations" not in name and name not in RUNS_AT_IMPORT]


def with_examples() -> list[str]:
    return [
        name for name in modules() if ">>>" in (importlib.util.find_spec(name).loader.get_source(name) or "")
    ]


@pytest.fixture
def house(campaign, session, owner, client, monkeypatch):
    """A campaign with a party of two, a session of twelve lines by three voices, and its owner, logged in.

    What an example awaits stays in its transaction, as in Channels' own test client.
    """
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    for name, role in (("Mira", CharacterRole.PLAYER), ("Warden", CharacterRole.DM)):
        Character.objects.create(party=campaign.party, name=name, role=role)
    tell(session, lines=12, voices=3)
    client.force_login(owner)
    return {"campaign": campaign, "session": session, "owner": owner, "client": client}


@pytest.mark.django_db  # so that there is a database, too, where these tests run alone
@pytest.mark.parametrize("name", with_examples())
def test_examples_in_docstrings_hold(name, request):
    module = importlib.import_module(name)
    found = [test for test in doctest.DocTestFinder().find(module) if test.examples]
    said = "".join(example.source for test in found for example in test.examples)
    if re.search(rf"\b({'|'.join(HOUSE)})\b", said):
        for test in found:
            test.globs.update(request.getfixturevalue("house"))
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for test in found:
        runner.run(test)
    assert runner.tries
    assert not runner.failures
