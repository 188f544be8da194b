"""The fixed cast of every test, and where real speech is found."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.test import Client
from django.utils import translation

from sessions_app.models import Campaign, Membership, Party, Role, Session, User
from tests.sessions_app.installation import make_database

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = Path(__file__).resolve().parent / "fixtures"

# Machines are shared and noisy: no test is about time on the clock.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives a second try to what depends on real time: sound that plays, and processes, on a machine that is shared.

    What needed it is named in the report. Files with such tests take longest and begin
    first, so that all end together.
    """
    timed = [
        item for item in items if any(item.get_closest_marker(name) for name in ("browser", "processes"))
    ]
    for item in timed:
        item.add_marker(pytest.mark.flaky(reruns=1))
    begin_first = {item.path for item in timed}
    items.sort(key=lambda item: item.path not in begin_first)


def pytest_collection_finish() -> None:
    """All that was imported stays: looking through it again and again for garbage takes an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture
def shared_data() -> Path:
    """Real speech beside the checkout; never part of the project."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip("real speech (../shared/data) is not on this machine")
    return path


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory) -> Path:
    """A database with all tables and no rows, for installations with processes of their own to copy."""
    return make_database(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def _media(tmp_path_factory) -> Iterator[Path]:
    """Folders for the media of each test, made by who stores something first."""
    base = tmp_path_factory.mktemp("media")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _media_in_a_folder_of_its_own(settings, _media):
    settings.MEDIA_ROOT = next(_media)


@pytest.fixture(autouse=True)
def _english_to_begin_with():
    """A request leaves its reader's language behind in the thread, as it may: the next one brings its own."""
    translation.deactivate()
    yield
    translation.deactivate()


def _user(name: str) -> User:
    return User.objects.create_user(username=name, email=f"{name}@example.org", password="correct horse")


@pytest.fixture
def owner(db) -> User:
    return _user("olga")


@pytest.fixture
def editor(db) -> User:
    return _user("eddie")


@pytest.fixture
def viewer(db) -> User:
    return _user("vera")


@pytest.fixture
def outsider(db) -> User:
    """Owns a campaign of their own, so that only the rule of rights keeps them out."""
    user = _user("otto")
    campaign = Campaign.objects.create(name="Elsewhere")
    Party.objects.create(campaign=campaign)
    Membership.objects.create(campaign=campaign, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def campaign(owner, editor, viewer) -> Campaign:
    campaign = Campaign.objects.create(name="The Sunken Keep", language="nl")
    Party.objects.create(campaign=campaign)
    for user, role in ((owner, Role.OWNER), (editor, Role.EDITOR), (viewer, Role.VIEWER)):
        Membership.objects.create(campaign=campaign, user=user, role=role)
    return campaign


@pytest.fixture
def session(campaign) -> Session:
    return Session.objects.create(campaign=campaign, number=1, title="The gate", language="nl")


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner_client(owner) -> Client:
    return _client(owner)


@pytest.fixture
def editor_client(editor) -> Client:
    return _client(editor)


@pytest.fixture
def viewer_client(viewer) -> Client:
    return _client(viewer)


@pytest.fixture
def outsider_client(outsider) -> Client:
    return _client(outsider)
