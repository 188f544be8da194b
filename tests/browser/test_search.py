"""Searching a campaign in a real browser: while typing, by keyboard, and hearing hits on the spot."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from sessions_app.models import Segment, Session, Voice

LINES = 70


@pytest.fixture
def told(transactional_db, session, tmp_path) -> Session:
    """An evening of gold, with a dragon in it, over silence."""
    voices = [Voice.objects.create(session=session, number=number) for number in (1, 2)]
    Segment.objects.bulk_create(
        Segment(
            session=session,
            voice=voices[number % 2],
            position=number,
            start_ms=number * 2000,
            end_ms=number * 2000 + 1500,
            text="A dragon sleeps on it." if number == 10 else f"Gold piece number {number}.",
            label="IC" if number % 2 else "OOC",
        )
        for number in range(LINES)
    )
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.zeros(LINES * 2 * 16_000, "<i2").tobytes())
    session.audio_name = default_storage.save("silence.wav", ContentFile(path.read_bytes()))
    session.duration_ms = LINES * 2000
    session.save()
    return session


@pytest.fixture
def page(open_page, told, viewer):
    def opened(query="", **options):
        page = open_page(viewer, **options)
        page.goto(reverse("campaign-search", args=[told.campaign.uuid]) + query)
        return page

    return opened


def test_hits_come_while_somebody_types_and_the_address_can_be_shared(page, told):
    page = page()
    page.wait_for_selector("#search-words:focus")
    page.keyboard.type("drag")
    page.wait_for_selector("mark >> text=dragon")
    page.wait_for_url("**/search/?q=drag")
    page.keyboard.type("on sleeping")
    page.wait_for_url("**/search/?q=dragon+sleeping")
    page.wait_for_selector("mark >> text=sleeps")
    page.reload()
    assert page.input_value("#search-words") == "dragon sleeping"
    assert page.locator(".hit").count() == 1
    page.fill("#search-words", "")
    page.wait_for_selector("text=Find anything that was said")


def test_a_hit_is_heard_on_the_spot_and_ends_where_the_line_ends(page):
    page = page("?q=dragon")
    page.click(".hit-play")
    page.wait_for_selector(".hit-play[aria-pressed=true]")
    page.wait_for_function("() => document.getElementById('hit-audio').currentTime > 19")
    page.wait_for_selector(".hit-play[aria-pressed=false]")
    assert 21 < page.evaluate("document.getElementById('hit-audio').currentTime") < 22.5


def test_one_hit_sounds_at_a_time(page):
    page = page("?q=gold")
    page.locator(".hit-play").nth(0).click()
    page.wait_for_selector(".hit:nth-child(1) .hit-play[aria-pressed=true]")
    page.locator(".hit-play").nth(1).click()
    page.wait_for_selector(".hit:nth-child(2) .hit-play[aria-pressed=true]")
    assert page.locator(".hit-play[aria-pressed=true]").count() == 1
    page.locator(".hit-play").nth(1).click()
    page.wait_for_function("() => document.getElementById('hit-audio').paused")


def test_sound_that_is_not_there_is_told(page, told):
    default_storage.delete(told.audio_name)
    page = page("?q=dragon")
    page.click(".hit-play")
    page.wait_for_selector("#hit-error:not(.visually-hidden):has-text('could not be played')")


def test_keys_go_from_hit_to_hit_and_into_the_transcript(page, told):
    page = page("?q=gold")
    page.focus("#search-words")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".hit:nth-child(1) .hit-time:focus")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".hit:nth-child(3) .hit-time:focus")
    page.keyboard.press("k")
    page.wait_for_selector(".hit:nth-child(2) .hit-time:focus")
    page.keyboard.press("Space")
    page.wait_for_selector(".hit:nth-child(2) .hit-play[aria-pressed=true]")
    page.keyboard.press("/")
    page.wait_for_selector("#search-words:focus")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    line = told.segments.first()
    page.wait_for_url(f"**{told.get_absolute_url()}*#line-{line.uuid}")


def test_more_hits_are_fetched_and_the_keyboard_goes_on_with_them(page):
    page = page("?q=gold")
    assert page.locator(".hit").count() == 30
    page.focus(".search-more a")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('.hit').length === 60")
    page.wait_for_function("() => document.activeElement.closest('.hit')?.textContent.includes('number 31')")
    page.click(".search-more a")
    page.wait_for_function(f"() => document.querySelectorAll('.hit').length === {LINES - 1}")
    assert page.locator(".search-more").count() == 0
    assert page.locator(".search-session").count() == 1


def test_keys_reach_more_hits_and_come_back_from_there(page):
    page = page("?q=gold")
    page.locator(".hit-time").last.focus()
    page.keyboard.press("j")
    page.wait_for_selector(".search-more a:focus")
    page.keyboard.press("k")
    page.wait_for_selector(".hit:last-child .hit-time:focus")
    page.click("h1")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+J")
    page.wait_for_selector(".hit:nth-child(1) .hit-time:focus")


def test_more_hits_that_do_not_come_leave_the_keyboard_where_it_is(page, told):
    page = page("?q=gold")
    page.context.set_offline(True)
    page.focus(".search-more a")
    page.keyboard.press("Enter")
    page.wait_for_selector("#messages .message.error")
    page.context.set_offline(False)
    page.click("text=Filters")
    page.check("input[name=show][value=story]")
    page.wait_for_selector("text=35 lines in 1 session")
    assert page.locator(".hit-time:focus").count() == 0


def test_filters_hold_at_once_and_are_dropped_again(page, told):
    page = page("?q=gold")
    page.click("text=Filters")
    page.check("input[name=show][value=story]")
    page.wait_for_url("**/search/?q=gold&show=story")
    page.wait_for_selector("text=35 lines in 1 session")
    page.click(".search-chip:has-text('Story')")
    page.wait_for_url("**/search/?q=gold")
    page.wait_for_selector("text=69 lines in 1 session")


def test_slash_searches_from_any_page_of_the_campaign(open_page, told, viewer):
    page = open_page(viewer)
    page.goto(told.get_absolute_url())
    page.keyboard.press("/")
    page.wait_for_selector("#masthead-words:focus")
    page.keyboard.type("dragon")
    page.keyboard.press("Enter")
    page.wait_for_selector("mark >> text=dragon")
    page.click("text=Only in “The gate”")
    page.wait_for_selector("text=1 line in 1 session")


def test_slash_on_a_phone_goes_to_the_page(open_page, told, viewer):
    page = open_page(viewer, viewport={"width": 390, "height": 800})
    page.goto(told.campaign.get_absolute_url())
    assert not page.is_visible("#masthead-words")
    page.keyboard.press("/")
    page.wait_for_selector("#search-words:focus")


def test_hits_fit_on_a_phone(page):
    page = page("?q=gold", viewport={"width": 390, "height": 800})
    page.click("text=Filters")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_search_works_without_scripts(page):
    page = page("?q=gold", java_script_enabled=False)
    assert page.locator(".hit").count() == 30
    page.fill("#search-words", "dragon")
    page.press("#search-words", "Enter")
    page.wait_for_url("**q=dragon**")
    assert page.locator(".hit").count() == 1
