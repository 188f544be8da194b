"""The live page in a browser, with a captioner that says what a test tells it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from scribe_site.config import BASE_DIR
from tests.browser.house import House

pytestmark = pytest.mark.processes

PHONE = {"width": 360, "height": 740}


class Speaker:
    """The process that speaks; ``speaker.final(capture=…, text=…)`` has it say a line."""

    def __init__(self, house: House) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.speaking"],
            cwd=BASE_DIR,
            env=house._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def told(**arguments: Any) -> Any:
            self._process.stdin.write(json.dumps([name, arguments]) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            assert answer, f"{name} failed"
            return json.loads(answer)

        return told

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def speaker(built_house) -> Iterator[Speaker]:
    speaker = Speaker(built_house)
    yield speaker
    speaker.end()


@pytest.fixture
def house(built_house) -> House:
    built_house.new_evening()
    return built_house


@pytest.fixture
def evening(house) -> str:
    """The session that is played."""
    return str(UUID(house.sessions[0]))


@pytest.fixture
def visit(chromium, house):
    """Opens the live page as ``name``; errors in its scripts fail the test."""
    contexts, errors = [], []

    def visited(name="vera", **options):
        context = chromium.new_context(base_url=house.url, **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        context.add_cookies([house.cookie(name)])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(house.live_url())
        page.wait_for_selector(f".live-listeners span:has-text('{name}')", state="attached")
        return page

    yield visited
    for context in contexts:
        context.close()
    assert not errors, f"errors in the page's scripts: {errors}"


def texts(page) -> list[str]:
    return page.eval_on_selector_all("#live-lines .live-text", "all => all.map(each => each.textContent)")


def drafts(page) -> list[str]:
    return page.eval_on_selector_all("#live-drafts .live-text", "all => all.map(each => each.textContent)")


def wait_for_text(page, text: str) -> None:
    page.wait_for_selector(f"#live-lines .live-text:text-is({json.dumps(text)})")


def distance_from_end(page) -> float:
    return page.eval_on_selector("#captions", "box => box.scrollHeight - box.scrollTop - box.clientHeight")


def say_many(speaker, capture, count, start=0):
    for number in range(start, start + count):
        speaker.final(capture=capture, text=f"Line {number}.", voice=number % 3 + 1)


def test_draft_becomes_a_line_in_its_place(visit, speaker, evening):
    page = visit()
    page.wait_for_selector("text=Nobody records yet.")
    capture = speaker.begin(session=evening)
    page.wait_for_selector(".live-device:has-text('eddie · Laptop')")
    utterance = str(uuid4())
    speaker.draft(capture=capture, utterance=utterance, firm="Who goes", soft="their")
    page.wait_for_selector(".live-draft .firm:text-is('Who goes')")
    assert drafts(page) == ["Who goes their"]
    top = page.eval_on_selector(".live-draft .live-text", "text => text.getBoundingClientRect().top")
    speaker.final(capture=capture, text="Who goes there?", voice=1, utterance=utterance)
    wait_for_text(page, "Who goes there?")
    assert drafts(page) == []
    assert page.eval_on_selector("#live-lines .live-text", "text => text.getBoundingClientRect().top") == top
    speaker.draft(capture=capture, utterance=utterance, firm="Late")  # its line is there: no news
    speaker.draft(capture=capture, utterance=(other := str(uuid4())), firm="Cough")
    page.wait_for_selector(".live-draft .firm:text-is('Cough')")
    speaker.nothing_said(capture=capture, utterance=other)
    page.wait_for_selector(".live-draft", state="detached")
    assert texts(page) == ["Who goes there?"]


def test_only_finished_lines_are_read_out(visit, speaker, evening):
    page = visit()
    assert page.get_attribute("#live-lines", "role") == "log"
    assert page.get_attribute("#live-lines", "aria-live") == "polite"
    assert page.get_attribute("#live-drafts", "aria-hidden") == "true"
    page.click("[data-act=announce]")
    assert page.get_attribute("#live-lines", "aria-live") == "off"
    page.reload()
    page.wait_for_selector("#live-lines[aria-live=off]", state="attached")


def test_line_that_changes_hands_keeps_its_place(visit, speaker, evening):
    page = visit()
    capture = speaker.begin(session=evening)
    first = speaker.final(capture=capture, text="Who goes there?")
    speaker.final(capture=capture, text="Friends.", voice=2)
    wait_for_text(page, "Friends.")
    assert page.text_content(f"#line-{first} .voice-name") == "?"
    page.evaluate("id => { window.kept = document.getElementById(id); }", f"line-{first}")
    speaker.relabel(line=first, voice=1)
    page.wait_for_selector(f"#line-{first}.voice-1 .voice-name:text-is('Speaker 1')")
    assert page.evaluate("window.kept.isConnected")
    assert texts(page) == ["Who goes there?", "Friends."]


def test_reader_who_scrolls_up_is_left_there_and_comes_back_with_one_tap(visit, speaker, evening):
    page = visit(viewport=PHONE)
    capture = speaker.begin(session=evening)
    say_many(speaker, capture, 30)
    wait_for_text(page, "Line 29.")
    assert distance_from_end(page) < 2
    page.hover("#captions")
    page.mouse.wheel(0, -600)
    page.wait_for_selector("#live-back:not([hidden])")
    top = page.eval_on_selector("#captions", "box => box.scrollTop")
    say_many(speaker, capture, 3, start=30)
    page.wait_for_selector("#live-back:has-text('3 new lines')")
    assert page.eval_on_selector("#captions", "box => box.scrollTop") == top
    page.click("#live-back")
    page.wait_for_selector("#live-back", state="hidden")
    assert distance_from_end(page) < 2
    say_many(speaker, capture, 1, start=33)
    wait_for_text(page, "Line 33.")
    assert distance_from_end(page) < 2


def test_nothing_is_missed_or_doubled_through_a_lost_connection(visit, speaker, evening, house):
    page = visit()
    capture = speaker.begin(session=evening)
    say_many(speaker, capture, 2)
    wait_for_text(page, "Line 1.")
    speaker.draft(capture=capture, utterance=str(uuid4()), firm="Cut off")
    page.wait_for_selector(".live-draft")
    house.kill_web()
    page.wait_for_selector("#live-lost:not([hidden])")
    say_many(speaker, capture, 3, start=2)
    house.start_web()
    wait_for_text(page, "Line 4.")
    page.wait_for_selector("#live-lost", state="hidden")
    say_many(speaker, capture, 1, start=5)
    wait_for_text(page, "Line 5.")
    assert texts(page) == [f"Line {number}." for number in range(6)]
    assert drafts(page) == []


def test_line_whose_message_was_lost_comes_with_the_next_one(visit, speaker, evening):
    page = visit()
    capture = speaker.begin(session=evening)
    say_many(speaker, capture, 2)
    wait_for_text(page, "Line 1.")
    for number in (2, 3):
        speaker.final(capture=capture, text=f"Line {number}.", quietly=True)
    say_many(speaker, capture, 1, start=4)
    wait_for_text(page, "Line 4.")
    assert texts(page) == [f"Line {number}." for number in range(5)]


def test_who_comes_late_goes_back_to_the_beginning(visit, speaker, evening):
    capture = speaker.begin(session=evening)
    say_many(speaker, capture, 70)
    page = visit()
    assert len(texts(page)) == 60
    page.hover("#captions")
    page.eval_on_selector("#captions", "box => { box.scrollTop = 0; }")
    page.click("#live-earlier")
    wait_for_text(page, "Line 0.")
    assert texts(page) == [f"Line {number}." for number in range(70)]


def test_delay_is_told_while_it_is_large(visit, speaker, evening):
    page = visit()
    capture = speaker.begin(session=evening)
    speaker.delay(capture=capture, behind_ms=12_300)
    page.wait_for_selector("#live-behind:text-is('Captions are 12 s behind.')")
    speaker.delay(capture=capture, behind_ms=900)
    page.wait_for_selector("#live-behind", state="hidden")


def test_follower_marks_a_moment_with_a_key_and_adds_a_note(visit, speaker, evening):
    page, other = visit(), visit("eddie")
    capture = speaker.begin(session=evening, ago_s=3600)
    page.wait_for_selector(".live-mark.quote")
    page.keyboard.press("q")
    page.wait_for_selector(".live-note-said:has-text('Quote marked at 1:00:')")
    page.fill("#live-note-text", "I never lose")
    page.press("#live-note-text", "Enter")
    other.wait_for_selector(".marker-item.quote:has-text('I never lose'):has-text('vera')")
    ((kind, at_ms, text, who),) = speaker.markers(session=evening)
    assert (kind, text, who) == ("quote", "I never lose", "vera")
    assert 3_600_000 <= at_ms < 3_630_000
    speaker.become(capture=capture, state="stopped")
    page.wait_for_selector("#live-marks", state="hidden")


def test_marker_that_was_set_without_a_connection_is_sent_once_it_is_back(visit, speaker, evening):
    page = visit(viewport=PHONE)
    speaker.begin(session=evening)
    page.wait_for_selector(".live-mark.loot")
    page.context.set_offline(True)
    page.click(".live-mark.loot")
    page.wait_for_selector(".live-note-said:has-text('sent once the connection is back')")
    assert speaker.markers(session=evening) == []
    page.context.set_offline(False)
    page.wait_for_selector(".marker-item.loot", state="attached")
    assert [marker[0] for marker in speaker.markers(session=evening)] == ["loot"]


def test_marker_is_deleted_and_put_back(visit, speaker, evening):
    page = visit()
    speaker.begin(session=evening)
    page.wait_for_selector(".live-mark.rules")
    page.click(".live-mark.rules")
    page.wait_for_selector(".marker-item.rules")
    page.click(".marker-change summary")
    page.click(".marker-forms .danger")
    page.click(".marker-undo button")
    page.wait_for_selector(".marker-item.rules")
    assert len(speaker.markers(session=evening)) == 1


def test_editor_names_a_voice_and_all_its_lines_follow(visit, speaker, evening):
    editor, follower = visit("eddie"), visit("vera", viewport=PHONE)
    capture = speaker.begin(session=evening)
    for text, voice in (("Who goes there?", 1), ("Friends.", 2), ("What friends?", 1)):
        speaker.final(capture=capture, text=text, voice=voice)
    wait_for_text(follower, "What friends?")
    utterance = str(uuid4())
    speaker.draft(capture=capture, utterance=utterance, firm="Friends of")
    wait_for_text(editor, "What friends?")
    editor.click("#live-lines .voice-name >> nth=0")
    editor.fill("#live-who-field", "Anna")
    editor.press("#live-who-field", "Enter")
    follower.wait_for_selector("#live-lines .live-line:nth-child(3) .voice-name:text-is('Anna')")
    assert drafts(follower) == ["Friends of"]
    names = follower.eval_on_selector_all(
        "#live-lines .voice-name", "all => all.map(each => each.textContent)"
    )
    assert names == ["Anna", "Speaker 2", "Anna"]
    speaker.final(capture=capture, text="Of yours.", voice=1, utterance=utterance)
    wait_for_text(follower, "Of yours.")
    assert follower.text_content("#live-lines .live-line:last-child .voice-name") == "Anna"
    editor.click("#live-undo button")
    follower.wait_for_selector("#live-lines .live-line:first-child .voice-name:text-is('Speaker 1')")


def test_editor_gives_a_line_of_nobody_to_somebody(visit, speaker, evening):
    page = visit("eddie", viewport=PHONE)
    capture = speaker.begin(session=evening)
    speaker.final(capture=capture, text="Friends.", voice=2)
    line = speaker.final(capture=capture, text="Hm.")
    wait_for_text(page, "Hm.")
    page.focus(f"#line-{line} .voice-name")
    page.keyboard.press("Enter")
    page.click("#live-who .lines-choice:has-text('Speaker 2')")
    page.wait_for_selector(f"#line-{line} .voice-name:text-is('Speaker 2')")
    page.wait_for_selector("#live-who", state="hidden")


def test_follower_cannot_ask_whose_a_line_is(visit, speaker, evening):
    page = visit()
    capture = speaker.begin(session=evening)
    speaker.final(capture=capture, text="Hm.", voice=1)
    wait_for_text(page, "Hm.")
    assert page.get_attribute("#live-lines .voice-name", "role") is None
    assert page.query_selector("#live-who") is None


def test_page_leads_to_the_transcript_when_it_is_ready(visit, speaker, evening):
    page = visit()
    capture = speaker.begin(session=evening)
    speaker.final(capture=capture, text="Good night.", voice=1)
    wait_for_text(page, "Good night.")
    speaker.become(capture=capture, state="stopped")
    page.wait_for_selector("text=The recording has ended.")
    speaker.become(capture=capture, state="finished")
    speaker.transcribe(session=evening, state="running")
    page.wait_for_selector("text=The evening is being processed")
    speaker.transcribe(session=evening)
    page.click(".live-next.ready a")
    page.wait_for_url(re.compile(rf"/sessions/{evening}/$"))


@pytest.mark.parametrize(("width", "height"), [(320, 568), (360, 740), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("name", ["vera", "eddie"])
def test_nothing_is_cut_off(visit, speaker, evening, width, height, name):
    capture = speaker.begin(session=evening, ago_s=40_000, label="The laptop of the innkeeper's daughter")
    for voice in range(1, 7):
        speaker.final(capture=capture, text="A word and anotherverylongwordwithoutanyend " * 4, voice=voice)
    page = visit(name, viewport={"width": width, "height": height})
    page.wait_for_selector(".live-mark.quote")
    page.click(".live-mark.quote")
    page.wait_for_selector(".live-note:not([hidden])")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.eval_on_selector("#captions", "box => box.scrollWidth - box.clientWidth") <= 0
    assert page.eval_on_selector("#captions", "box => box.clientHeight") >= 120
    for _ in range(3):
        page.keyboard.press("Escape")
        page.click("[data-size='1']")
    assert page.eval_on_selector("#captions", "box => box.scrollWidth - box.clientWidth") <= 0
