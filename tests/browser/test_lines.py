"""Choosing lines on the transcript page and saying whose they are, in a real browser with real sound."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sessions_app.errands.working import work
from sessions_app.models import Character, CharacterRole, Errand, Segment
from speakers_app.models import Speaker
from tests.sessions_app.runs.fake_engine import FakeEngine
from tests.sessions_app.transcripts.telling import tell

PAUSED = "document.querySelector('audio').paused"
PHONE = {"width": 360, "height": 780}


@pytest.fixture(autouse=True)
def _no_worker_to_wake(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def told(transactional_db, session, tmp_path):
    """Eleven blocks of lines; voice 1 sounds low, except in its last lines, which sound high."""
    tell(session, lines=630, voices=3)
    high = set(
        session.segments.filter(voice__number=1).order_by("-position").values_list("pk", flat=True)[:40]
    )
    sound = np.zeros(session.duration_ms * 16 + 16_000, np.float32)
    for line in session.segments.filter(voice__number=1):
        at = np.arange(line.start_ms * 16, line.end_ms * 16)
        sound[at] = 0.1 * np.sin(at * 2 * np.pi * (800 if line.pk in high else 200) / 16_000)
    path = tmp_path / "tones.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((sound * 32_767).astype("<i2").tobytes())
    session.audio_name = default_storage.save("tones.wav", ContentFile(path.read_bytes()))
    session.save(update_fields=["audio_name"])
    Character.objects.create(party=session.campaign.party, name="Mira", player_name="Anna")
    Character.objects.create(party=session.campaign.party, name="Old Bram", role=CharacterRole.NPC)
    Speaker.objects.create(campaign=session.campaign, name="Tom")
    return session


@pytest.fixture
def desk(open_page, told, editor):
    """Opens the page of ``told`` as an editor sees it, ready to play."""

    def opened(address="", user=editor, **options):
        page = open_page(user, **options)
        page.goto(told.get_absolute_url() + address)
        page.wait_for_function("() => document.querySelector('audio').readyState >= 1")
        return page

    return opened


def at(told, position) -> Segment:
    return told.segments.get(position=position)


def line(told, position) -> str:
    return f"#line-{at(told, position).uuid}"


def choose(page, told, *positions):
    for position in positions:
        page.hover(line(told, position))
        page.click(f"{line(told, position)} .line-choose")


def count(page) -> str:
    return page.inner_text(".lines-count")


def test_viewer_is_offered_nothing(desk, told, viewer):
    page = desk(user=viewer)
    page.hover(line(told, 1))
    page.keyboard.press("x")
    assert page.locator(".line-choose, #choosing, #choose-lines").count() == 0


def test_chosen_lines_go_to_another_voice_and_come_back(desk, told):
    page = desk()
    before = [at(told, position).voice.number for position in (0, 1, 2)]
    page.click(f"{line(told, 1)} .line-text")
    page.wait_for_function(f"() => !{PAUSED}")
    choose(page, told, 0, 2)
    assert count(page) == "2 lines chosen"
    page.click("summary:has-text('Said by')")
    page.click(".lines-choice:has-text('Speaker 3')")
    page.wait_for_selector(".said:has-text('2 lines are said by Speaker 3.')")
    assert [at(told, position).voice.number for position in (0, 2)] == [3, 3]
    page.wait_for_selector(f".speech:has(.voice-name:text-is('Speaker 3')) {line(told, 0)}")
    assert not page.evaluate(PAUSED)
    assert page.locator(".line.chosen").count() == 0
    page.click(".said >> text=Undo")
    page.wait_for_selector(".said:has-text('Undone')")
    assert [at(told, position).voice.number for position in (0, 1, 2)] == before
    page.wait_for_selector(f".speech:has(.voice-name:text-is('Speaker {before[0]}')) {line(told, 0)}")


def test_somebody_new_by_name_gets_a_voice_of_their_own(desk, told):
    page = desk()
    choose(page, told, 3)
    page.click("summary:has-text('Said by')")
    page.fill("#lines-name", "Sofie")
    page.keyboard.press("Enter")
    page.wait_for_selector(".said:has-text('1 line is said by Sofie.')")
    page.wait_for_selector(f".speech:has(.voice-name:text-is('Sofie')) {line(told, 3)}")
    assert Speaker.objects.filter(name="Sofie").exists()


def test_all_of_it_by_keyboard(desk, told):
    page = desk()
    page.focus(f"{line(told, 5)} .line-time")
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_function("() => document.querySelectorAll('.line.chosen').length === 3")
    page.keyboard.press("c")
    page.wait_for_selector(".lines-choice:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".said:has-text('3 lines are spoken as Old Bram.')")
    page.wait_for_selector(f".speech:has(.as:text-is('as Old Bram')) {line(told, 6)}")
    page.wait_for_selector(f"{line(told, 7)} .line-time:focus")
    assert [at(told, position).character for position in (4, 8)] == [None, None]
    page.keyboard.press("u")
    page.wait_for_selector(".as", state="detached")
    assert at(told, 5).character is None


def test_escape_closes_a_menu_before_it_lets_go_of_the_lines(desk, told):
    page = desk()
    page.focus(f"{line(told, 5)} .line-time")
    page.keyboard.press("x")
    page.keyboard.press("s")
    page.wait_for_selector(".lines-choice:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector("summary:has-text('Said by'):focus")
    assert count(page) == "1 line chosen"
    page.keyboard.press("Escape")
    page.wait_for_selector(".lines-bar", state="hidden")
    page.wait_for_selector(f"{line(told, 5)} .line-time:focus")


def test_keyboard_stays_in_its_line_when_somebody_else_changes_the_transcript(desk, told):
    page = desk()
    page.focus(f"{line(told, 7)} .line-time")
    page.evaluate("document.querySelector('#transcript-body').dataset.old = 'yes'")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('transcript-changed'))")
    page.wait_for_selector("#transcript-body:not([data-old])")
    page.wait_for_selector(f"{line(told, 7)} .line-time:focus")


def test_x_chooses_the_line_that_j_went_to(desk, told):
    page = desk()
    page.keyboard.press("j")
    page.wait_for_selector(f"{line(told, 1)}.spoken-line")
    page.keyboard.press("x")
    page.wait_for_selector(f"{line(told, 1)}.chosen")
    page.keyboard.press("x")
    page.wait_for_selector(".lines-bar", state="hidden")
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    page.wait_for_selector(".lines-bar", state="hidden")


def test_a_stretch_reaches_over_blocks_that_were_not_loaded(desk, told):
    page = desk()
    choose(page, told, 10)
    page.evaluate("document.querySelector('#block-10').scrollIntoView()")
    page.wait_for_selector(f"{line(told, 610)} .line-text")
    page.click(f"{line(told, 610)} .line-text", modifiers=["Shift"])
    page.wait_for_function("() => document.querySelector('.lines-count').textContent === '601 lines chosen'")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('transcript-changed'))")
    page.wait_for_selector("#block-2 > .block-link", state="attached")
    assert count(page) == "601 lines chosen"
    page.wait_for_selector(f"{line(told, 605)}.chosen")
    page.click("summary:has-text('Speaks as')")
    page.click(".lines-choice:has-text('Mira')")
    page.wait_for_selector(".said:has-text('601 lines are spoken as Mira.')")
    assert told.segments.filter(character__name="Mira").count() == 601


def test_place_on_the_page_is_kept(desk, told):
    page = desk("?part=6")
    middle = line(told, 330)
    page.evaluate(f"document.querySelector('{middle}').scrollIntoView({{block: 'center'}})")
    for beside in (299, 360):  # what is loaded above moves the lines below until it is there
        page.wait_for_selector(line(told, beside), state="attached")
    choose(page, told, 330)
    before = page.locator(middle).bounding_box()["y"]
    page.click("summary:has-text('Speaks as')")
    page.click(".lines-choice:has-text('Mira')")
    page.wait_for_selector(f".speech:has(.as) {middle}")
    page.wait_for_function(
        "([selector, top]) => Math.abs(document.querySelector(selector).getBoundingClientRect().top - top) < 120",
        arg=[middle, before],
    )


def test_voice_is_split_by_pointing_out_two_of_its_lines(desk, told):
    of_voice = list(told.segments.filter(voice__number=1, kind="speech").order_by("position"))
    page = desk(f"?part={of_voice[-1].position // 60 + 1}")
    choose(page, told, of_voice[-1].position, of_voice[-2].position)
    page.click(".lines-bar [data-lines]:has-text('split the voice')")
    page.wait_for_selector(".said progress")
    assert work(FakeEngine(), "here:1") == 1
    page.wait_for_selector(".said:has-text('Split: 40 lines went to Speaker 4.')")
    page.wait_for_selector(
        f".speech:has(.voice-name:text-is('Speaker 4')) {line(told, of_voice[-1].position)}"
    )
    page.click("text=Hear Speaker 4")
    page.wait_for_function(f"() => !{PAUSED}")
    page.wait_for_function(f"() => {PAUSED}")
    page.click(".said >> text=Undo")
    page.wait_for_selector(".said:has-text('Undone')")
    assert told.voices.count() == 3


def test_failed_split_stays_on_the_page_and_is_tried_again(desk, told):
    page = desk()
    voice = at(told, 0).voice.number
    choose(page, told, 0)
    page.keyboard.press("d")
    page.wait_for_selector(".said progress")
    Errand.objects.update(state="failed", message="There is no voice encoder.", retryable=True)
    page.wait_for_selector(".said.failed:has-text('There is no voice encoder.')")
    page.reload()
    page.click(".said.failed:has-text('There is no voice encoder.') >> text=Try again")
    page.wait_for_selector(".said progress")
    assert Errand.objects.get().state == "waiting"
    assert at(told, 0).voice.number == voice


def test_lines_of_several_voices_are_not_split(desk, told):
    page = desk()
    other = (
        told.segments.exclude(voice=at(told, 0).voice).filter(voice__isnull=False, position__lt=50).first()
    )
    choose(page, told, 0, other.position)
    page.click(".lines-bar [data-lines]:has-text('split the voice')")
    page.wait_for_selector(".said.failed:has-text('Choose lines of one voice')")
    assert count(page) == "2 lines chosen"


def test_on_a_phone_lines_are_chosen_by_tapping(desk, told):
    page = desk(viewport=PHONE, has_touch=True, is_mobile=True)
    page.tap("#choose-lines")
    page.tap(f"{line(told, 1)} .line-text")
    page.tap(f"{line(told, 2)} .line-text")
    assert count(page) == "2 lines chosen"
    assert page.evaluate(PAUSED)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.tap("summary:has-text('Speaks as')")
    page.tap(".lines-choice:has-text('Mira')")
    page.wait_for_selector(".said:has-text('2 lines are spoken as Mira.')")
    assert page.locator(".tapping").count() == 0
