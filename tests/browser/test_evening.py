"""An evening from the first word to the transcript, through every real part: browser, web, Redis, captioner, worker."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from scribe_site.config import BASE_DIR
from tests.browser.conftest import CHROMIUM
from tests.browser.fed import microphone_arguments, spoken, write_microphone
from tests.browser.house import House
from tools.nano import evaluation

pytestmark = [pytest.mark.processes, pytest.mark.slow]

PATIENCE_MS = 90_000
"""Loading models takes a while on a machine with other things to do."""


@pytest.fixture
def house(tmp_path_factory, empty_database) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"), empty_database)
    try:
        house.open()
        house.new_evening()
        house.start([sys.executable, "manage.py", "worker"])
        yield house
    finally:
        house.end()


@pytest.fixture
def listening(chromium, tmp_path):
    """A Chromium that hears thirty seconds of two people, twice."""
    sound = spoken()
    path = write_microphone(tmp_path / "microphone.wav", sound)
    assert CHROMIUM is not None
    arguments = [argument.removesuffix("%noloop") for argument in microphone_arguments(path)]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


def opened(browser, house: House, name: str, **options):
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([house.cookie(name)])
    page = context.new_page()
    page.goto(house.live_url())
    return page


def start_captioner(house: House):
    return house.start([sys.executable, "manage.py", "captioner"])


def lines(page) -> list[str]:
    return page.locator("[role=log] .live-line .live-text").all_inner_texts()


def wait_for_lines(page, more_than: int) -> None:
    page.locator("[role=log] .live-line").nth(more_than).wait_for()


def known_share(truth: str, text: str) -> float:
    """Returns which part of the words of ``text`` is among those that were said."""
    said, heard = set(evaluation.words(truth)), evaluation.words(text)
    return sum(word in said for word in heard) / max(1, len(heard))


def test_an_evening_is_followed_live_and_becomes_a_transcript(listening, house):
    truth = next(r.text for r in evaluation.recordings(BASE_DIR) if r.path.name == "en_30s.flac")
    captioner = start_captioner(house)
    table = opened(listening, house, "eddie")
    phone = opened(listening, house, "vera", viewport={"width": 360, "height": 740})
    table.wait_for_selector("scribe-recorder[data-ready]")
    assert phone.locator("scribe-recorder").count() == 0
    table.locator("[data-act=record]:visible").click()
    wait_for_lines(phone, more_than=1)

    house.kill(captioner)  # in mid-sentence
    captioner = start_captioner(house)
    wait_for_lines(phone, more_than=3)

    table.context.set_offline(True)  # the network goes and comes back
    table.wait_for_function(
        "() => document.querySelector('scribe-recorder [data-pending]').checkVisibility()"
    )
    table.context.set_offline(False)
    table.wait_for_function(
        "() => !document.querySelector('scribe-recorder [data-pending]').checkVisibility()"
    )

    table.reload()  # and the page is gone for a moment
    table.locator("[data-act=goOn]:visible").click()
    table.wait_for_selector("scribe-recorder[data-state=recording]")
    before = len(lines(phone))
    wait_for_lines(phone, more_than=before)
    live = lines(phone)
    ids = phone.locator("[role=log] .live-line").evaluate_all("all => all.map((line) => line.id)")
    assert len(ids) == len(set(ids))
    assert known_share(truth, " ".join(live)) > 0.8
    phone.locator(".live-mark.quote").click()
    phone.locator(".marker-item.quote").wait_for(state="attached")

    table.locator("[data-act=stop]:visible").click()
    table.locator("[data-act=stopNow]:visible").click()
    phone.locator(".live-next.ready a").click()
    phone.locator(".transcript .line").nth(3).wait_for()
    (capture,) = house.captures()
    assert capture["state"] == "finished"
    assert len(house.recording()) == capture["held"]
    tiers = house.rows("select distinct tier from sessions_app_segment")
    assert tiers == [("batch",)]
    text = " ".join(row[0] for row in house.rows("select text from sessions_app_segment"))
    assert known_share(truth, text) > 0.8
    assert phone.locator(".transcript").get_by_text("Quote").count() > 0
