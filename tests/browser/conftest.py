"""A Chromium for the browser tests: the machine's own, closed again when the last browser test is done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.browser.house import House

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Debian's first one is Chromium without windows of its own: the same pages for half the processor time."""

CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
HERE = Path(__file__).resolve().parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="browser test: no chromium on this machine"))


@pytest.fixture(scope="package")
def chromium() -> Iterator:
    """One Chromium for all browser tests.

    Playwright's sync API leaves a running event loop in this thread until it is stopped: hence not kept for the whole
    test session, where it would break every async test after it, and hence Django's check on async use is lifted.
    """
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="module")
def built_house(tmp_path_factory, empty_database) -> Iterator[House]:
    """The product itself, one for all tests of a file; each takes a ``house.new_evening()`` in it."""
    house = House(tmp_path_factory.mktemp("house"), empty_database)
    try:
        house.open()
        yield house
    finally:
        house.end()


@pytest.fixture
def open_page(chromium, live_server) -> Iterator:
    """Opens a browser of ``user``: ``open_page(user, viewport=..., color_scheme=...)`` returns Playwright's page.

    Errors in a page's scripts fail the test, unless it empties ``page.script_errors`` itself.
    """
    contexts = []
    pages = []

    def opened(user=None, **options):
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            name = django_settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.script_errors = []
        page.on("pageerror", lambda error: page.script_errors.append(str(error)))
        pages.append(page)
        return page

    yield opened
    errors = [error for page in pages for error in page.script_errors]
    for context in contexts:
        context.close()
    assert not errors, f"errors in the page's scripts: {errors}"
