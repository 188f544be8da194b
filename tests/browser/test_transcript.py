"""The transcript page as a reader uses it, in a real browser with real sound."""

from __future__ import annotations

import re
import wave

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sessions_app.models import Marker
from tests.sessions_app.transcripts.telling import LINE_MS, tell

NOW = "document.querySelector('audio').currentTime"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def told(transactional_db, session, tmp_path):
    """Eleven blocks of lines with a tone under them that is as long."""
    tell(session, lines=630, voices=3)
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        second = (3000 * np.sin(np.arange(16_000) * 2 * np.pi * 220 / 16_000)).astype("<i2").tobytes()
        for _ in range(session.duration_ms // 1000 + 1):
            file.writeframes(second)
    session.audio_name = default_storage.save("tone.wav", ContentFile(path.read_bytes()))
    session.save(update_fields=["audio_name"])
    return session


@pytest.fixture
def reader(open_page, told, viewer):
    """Opens the page of ``told`` and waits until it is ready to play."""

    def opened(address="", **options):
        page = open_page(viewer, **options)
        page.goto(told.get_absolute_url() + address)
        page.wait_for_function("() => document.querySelector('audio').readyState >= 1")
        return page

    return opened


def line_at(told, position):
    return f"#line-{told.segments.get(position=position).uuid}"


@pytest.mark.parametrize("width", [320, 360, 390])
def test_every_button_of_the_player_is_on_a_phones_screen(reader, width):
    page = reader(viewport={"width": width, "height": 700}, locale="nl-NL")
    page.evaluate("document.querySelector('.player-time').firstElementChild.textContent = '3:12:45'")
    ends = "all => all.map((part) => part.getBoundingClientRect().right)"
    assert max(page.locator(".player-row > :visible").evaluate_all(ends)) <= width


def test_click_on_a_line_plays_it_and_the_spoken_word_moves(reader, told):
    page = reader()
    page.click(f"{line_at(told, 3)} .line-text")
    page.wait_for_selector(f"{line_at(told, 3)}.spoken-line")
    assert page.evaluate(NOW) * 1000 >= 3 * LINE_MS
    page.wait_for_selector(".word.spoken")
    first = page.evaluate("document.querySelector('.word.spoken').textContent")
    page.wait_for_function(
        "first => document.querySelector('.word.spoken')?.textContent !== first", arg=first
    )
    page.wait_for_selector(f"{line_at(told, 4)}.spoken-line")
    assert page.locator(f"{line_at(told, 3)} .word").count() == 0


def test_enter_on_a_time_plays_its_line(reader, told):
    page = reader()
    page.focus(f"{line_at(told, 5)} .line-time")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('audio').paused")
    assert page.evaluate(NOW) * 1000 >= 5 * LINE_MS


def test_keys_step_through_lines_change_speed_and_open_the_list_of_keys(reader, told):
    page = reader()
    page.keyboard.press("j")
    page.wait_for_selector(f"{line_at(told, 1)}.spoken-line")
    page.keyboard.press("j")
    page.wait_for_selector(f"{line_at(told, 2)}.spoken-line")
    page.keyboard.press("k")
    page.wait_for_selector(f"{line_at(told, 1)}.spoken-line")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => Math.abs({NOW} - {LINE_MS / 1000 + 5}) < 0.05")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"() => Math.abs({NOW} - {LINE_MS / 1000}) < 0.05")
    page.keyboard.press("]")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    page.keyboard.press("Space")
    page.wait_for_function("() => !document.querySelector('audio').paused")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('audio').paused")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="hidden")


def test_next_line_crosses_into_a_block_that_was_not_loaded(reader, told):
    page = reader()
    page.evaluate(f"document.querySelector('audio').currentTime = {(599 * LINE_MS + 100) / 1000}")
    page.wait_for_selector(f"{line_at(told, 599)}.spoken-line", state="attached")
    page.keyboard.press("j")
    page.wait_for_selector(f"{line_at(told, 600)}.spoken-line", state="attached")


def test_link_to_a_line_opens_deep_in_the_session(reader, told):
    page = reader(line_at(told, 500))
    page.wait_for_selector(f"{line_at(told, 500)}.linked")
    page.wait_for_function(
        "id => { const box = document.querySelector(id).getBoundingClientRect();"
        " return box.top > 0 && box.bottom < innerHeight; }",
        arg=line_at(told, 500),
    )
    page.wait_for_function(f"() => Math.abs({NOW} - {500 * LINE_MS / 1000}) < 0.05")
    loaded = page.locator(".block:not(:has(> .block-link))").count()
    assert loaded < 11, "only the blocks around the line are loaded"


def test_link_to_a_line_that_the_filter_hides_drops_the_filter(reader, told):
    line = told.segments.filter(voice__number=1, position__gt=300).first()
    page = reader(f"?voice=2#line-{line.uuid}")
    page.wait_for_selector(f"#line-{line.uuid}.linked")
    assert "voice" not in page.url


def test_choosing_a_voice_shows_its_lines_alone_and_keeps_the_sound_playing(reader, told):
    page = reader()
    page.click(f"{line_at(told, 0)} .line-text")
    page.wait_for_function(f"() => {NOW} > 0.1")
    page.click(".voice-chip[data-voice='2']")
    page.wait_for_selector(".voice-chip[data-voice='2'][aria-current]")
    assert page.url.endswith("?voice=2")
    names = page.eval_on_selector_all(
        ".speech-voice", "all => [...new Set(all.map(p => p.textContent.trim()))]"
    )
    assert names == ["Speaker 2"]
    assert page.evaluate("!document.querySelector('audio').paused")
    page.reload()
    page.wait_for_selector(".voice-chip[data-voice='2'][aria-current]")


def test_scrolling_loads_lines_and_ends_following_until_asked(reader, told):
    page = reader()
    page.keyboard.press("Space")
    page.wait_for_selector(".spoken-line")
    page.mouse.move(600, 500)
    for _ in range(30):
        page.mouse.wheel(0, 600)
    page.wait_for_selector(".back-to-line", state="visible")
    page.wait_for_function("() => document.querySelector('#block-2 .line') !== null")
    page.click(".back-to-line")
    page.wait_for_function(
        "() => { const box = document.querySelector('.spoken-line').getBoundingClientRect();"
        " return box.top > 0 && box.bottom < innerHeight; }"
    )


def test_new_lines_arrive_without_moving_the_reader_or_stopping_the_sound(reader, told):
    page = reader("?part=5#block-4")
    page.evaluate("document.querySelectorAll('#block-4 .line')[8].scrollIntoView({block: 'center'})")
    page.wait_for_selector("#block-3 .line", state="attached")
    page.keyboard.press("Space")
    page.wait_for_function("() => !document.querySelector('audio').paused")
    page.mouse.move(600, 500)
    page.mouse.wheel(0, 10)  # ends following
    line = line_at(told, 248)
    top = f"document.querySelector('{line}').getBoundingClientRect().top"
    page.wait_for_function(f"() => (window.was === (window.was = {top}))")
    before = page.evaluate(top)
    told.segments.filter(position=248).update(text="Changed by the full-quality pass.")
    page.evaluate("htmx.trigger(document.body, 'transcript-changed')")
    page.wait_for_function(
        f"() => document.querySelector('{line}')?.textContent.includes('full-quality pass')"
    )
    page.wait_for_function(f"() => Math.abs({top} - {before}) < 40")
    assert page.evaluate("!document.querySelector('audio').paused")


def test_click_on_the_waveform_goes_there(reader, told):
    page = reader()
    box = page.locator(".wave-seek").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 10)
    page.wait_for_function(
        f"() => Math.abs({NOW} * 1000 - {told.duration_ms / 2}) < {told.duration_ms * 0.01}"
    )
    assert re.fullmatch(r"\d+:\d\d", page.get_attribute(".wave-seek", "aria-valuetext"))


def test_marked_moment_is_found_on_the_waveform_in_the_list_and_beside_its_line(reader, told, viewer):
    at_ms = 400 * LINE_MS + 700
    marker = Marker.objects.create(session=told, user=viewer, at_ms=at_ms, kind="quote", text="I never lose")
    page = reader()
    box = page.locator(".player-wave").bounding_box()
    mark = page.locator(".wave-marker").bounding_box()
    part = (mark["x"] + mark["width"] / 2 - box["x"]) / box["width"]
    assert part == pytest.approx(at_ms / told.duration_ms, abs=0.005)
    page.click(".wave-marker")
    page.wait_for_selector(f"{line_at(told, 400)} + #moment-{marker.uuid}")
    assert page.evaluate(NOW) * 1000 == pytest.approx(at_ms, abs=50)
    page.evaluate("document.querySelector('audio').currentTime = 0")
    page.click("summary:has-text('Markers')")
    page.click(".marker-time")
    assert page.evaluate(NOW) * 1000 == pytest.approx(at_ms, abs=50)
    page.click(".marker-change summary")
    page.fill(".marker-form input[name=text]", "I always lose")
    page.click(".marker-form button")
    page.wait_for_selector(f"#moment-{marker.uuid}:has-text('I always lose')")


def test_phone_keeps_the_player_at_the_thumb_and_never_scrolls_sideways(reader):
    page = reader(viewport=PHONE, has_touch=True, is_mobile=True)
    box = page.locator("#player").bounding_box()
    assert box["y"] + box["height"] == pytest.approx(PHONE["height"], abs=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_page_reads_without_scripts(open_page, told, viewer):
    page = open_page(viewer, java_script_enabled=False)
    page.goto(told.get_absolute_url())
    page.click(".block-link >> nth=0")
    assert page.locator(".line").first.get_attribute("id") == line_at(told, 60)[1:]
    assert page.locator("audio[controls]").count() == 1
