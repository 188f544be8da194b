"""Labels on the transcript page, in a real browser: reading and correcting them, and the review of unsure lines."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Case, F, Value, When
from django.db.models.functions import Mod

from sessions_app.models import Character, Label, LabelBy, LineKind, Segment
from speakers_app.models import Assignment, How, Speaker
from tests.sessions_app.transcripts.telling import tell

PAUSED = "document.querySelector('audio').paused"
NOW = "document.querySelector('audio').currentTime * 1000"
PHONE = {"width": 360, "height": 780}
UNSURE = (2, 9, 250, 411)
"""Positions; the third and fourth lie in blocks that are not loaded at first."""


@pytest.fixture(autouse=True)
def _no_worker_to_wake(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def told(transactional_db, session, tmp_path):
    """Eleven blocks of lines over silence, labelled in threes: story, table talk, and every fifth three both."""
    tell(session, lines=630, voices=3)
    story = {"label": Value(Label.IC), "label_kind": Value(LineKind.CHARACTER)}
    table = {"label": Value(Label.OOC), "label_kind": Value(LineKind.RULES)}
    both = {"label": Value(Label.MIXED), "label_kind": Value(LineKind.NPC)}
    session.segments.exclude(text="").annotate(turn=Mod(F("position"), 15)).update(
        **{
            field: Case(
                When(turn__lt=6, then=story[field]),
                When(turn__lt=12, then=table[field]),
                default=both[field],
            )
            for field in story
        },
        label_by=LabelBy.BUILTIN,
        label_confidence=0.93,
    )
    session.segments.filter(position__in=UNSURE).update(label_confidence=0.61)
    session.segments.filter(position=20).update(label="", label_kind="", label_by="", label_confidence=None)
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.zeros(session.duration_ms * 16 + 16_000, "<i2").tobytes())
    session.audio_name = default_storage.save("silence.wav", ContentFile(path.read_bytes()))
    session.save(update_fields=["audio_name"])
    elara = Character.objects.create(party=session.campaign.party, name="Elara", player_name="Anna")
    anna = Speaker.objects.create(campaign=session.campaign, name="Anna", character=elara)
    voice = session.voices.get(number=1)
    Assignment.objects.create(voice=voice, speaker=anna, how=How.PERSON, locked=True)
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


def labels(told, *positions) -> list[str]:
    return [f"{at(told, position).label} {at(told, position).label_by}" for position in positions]


def ink(page, selector) -> str:
    return page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).color")


def contrast(page, selector) -> float:
    """Returns the contrast of an element's letters with the ground that they stand on."""
    return page.evaluate(
        """(selector) => {
            const luminance = (colour) => {
              const canvas = document.createElement("canvas").getContext("2d");
              canvas.fillStyle = colour;
              canvas.fillRect(0, 0, 1, 1);
              const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
                const c = value / 255;
                return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
              });
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const element = document.querySelector(selector);
            let ground = element;
            while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
            const [one, other] = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor]
              .map(luminance).sort();
            return (other + 0.05) / (one + 0.05);
        }""",
        selector,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_table_talk_is_softer_than_the_story_and_still_readable(desk, told, scheme):
    page = desk(color_scheme=scheme)
    story, table = f"{line(told, 1)} .line-text", f"{line(told, 7)} .line-text"
    assert ink(page, story) != ink(page, table)
    assert contrast(page, table) < contrast(page, story)
    for position in (1, 7, 13):
        assert contrast(page, f"{line(told, position)} .line-text") >= 4.5
        assert contrast(page, f"{line(told, position)} .line-label") >= 4.5


def test_letter_tells_what_it_means(desk, told):
    page = desk()
    letter = page.locator(f"{line(told, 7)} .line-label")
    assert letter.inner_text() == "O"
    says = "Out of character: rules and dice. The built-in classifier, 93 % sure."
    assert letter.get_attribute("title") == letter.get_attribute("aria-label") == says
    assert page.locator(f"{line(told, 2)} .line-label.unsure").count() == 1
    assert page.locator(f"{line(told, 20)} .line-label").count() == 0
    letter.click()
    page.wait_for_selector(f".toast:has-text('{says}')")
    assert page.evaluate(PAUSED)
    page.keyboard.press("?")
    page.wait_for_selector("#keys .label-legend:has-text('nothing has said yet what the line is')")


@pytest.mark.parametrize("scripts", [True, False])
def test_story_alone_with_and_without_scripts(open_page, told, viewer, scripts):
    page = open_page(viewer, java_script_enabled=scripts)
    page.goto(told.get_absolute_url() + "?voice=1")
    page.click(".show-link:has-text('Story')")
    page.wait_for_selector(".show-link:has-text('Story')[aria-current]")
    page.wait_for_url("**/?voice=1&show=story*")
    assert page.locator(".line.label-ooc").count() == 0
    assert page.locator(".line.label-ic").count() > 10
    assert page.locator(".line.label-mixed").count() > 3
    page.click(".voice-chip:has-text('Speaker 2')")
    page.wait_for_url("**/?voice=1&voice=2&show=story*")
    page.click(".show-link:has-text('Everything')")
    page.wait_for_url("**/?voice=1&voice=2")
    page.wait_for_selector(".line.label-ooc")


def test_later_blocks_of_the_story_come_as_the_reader_scrolls(desk, told):
    page = desk("?show=story")
    assert "1 line without a label is hidden." in page.inner_text(".show-note")
    last = told.segments.filter(label__in=["IC", "MIXED"]).last()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_selector(f"#line-{last.uuid}")
    assert page.locator(".line.label-ooc, .line:not([data-label])").count() == 0


def test_show_is_reached_by_keyboard(desk, told):
    page = desk()
    page.focus(".show-link:has-text('Everything')")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?show=table")


def test_one_key_labels_the_current_line_and_another_takes_it_back(desk, told):
    page = desk()
    page.focus(f"{line(told, 1)} .line-time")
    page.keyboard.press("2")
    page.wait_for_selector(".said:has-text('1 line: out of character.')")
    page.wait_for_selector(f"{line(told, 1)}.label-ooc")
    assert labels(told, 0, 1, 2) == ["IC builtin", "OOC person", "IC builtin"]
    page.wait_for_selector(f"{line(told, 1)} .line-time:focus")
    page.keyboard.press("u")
    page.wait_for_selector(f"{line(told, 1)}.label-ic")
    assert labels(told, 1) == ["IC builtin"]
    assert at(told, 1).label_confidence == 0.93


def test_one_key_labels_all_chosen_lines(desk, told):
    page = desk()
    page.focus(f"{line(told, 0)} .line-time")
    page.keyboard.press("x")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function("() => document.querySelectorAll('.line.chosen').length === 4")
    page.keyboard.press("3")
    page.wait_for_selector(".said:has-text('4 lines: both.')")
    assert labels(told, 0, 1, 2, 3, 4) == ["MIXED person"] * 4 + ["IC builtin"]
    page.wait_for_selector(".lines-bar", state="hidden")


def test_kind_is_chosen_from_a_menu(desk, told):
    page = desk()
    page.focus(f"{line(told, 0)} .line-time")
    page.keyboard.press("x")
    page.keyboard.press("t")
    page.wait_for_selector("[data-act=kind] .lines-choice:focus")
    page.click(".lines-choice:has-text('narration')")
    page.wait_for_selector(".said:has-text('1 line: narration.')")
    assert at(told, 0).label_kind == LineKind.DM_NARRATION


def test_open_legend_stays_open_when_a_line_is_labelled(desk, told):
    page = desk()
    page.click(".show-legend summary")
    page.focus(f"{line(told, 1)} .line-time")
    page.keyboard.press("2")
    page.wait_for_selector(f"{line(told, 1)}.label-ooc")
    assert page.locator(".show-legend").count() == 1
    assert page.locator(".show-legend[open]").count() == 1


def test_digits_belong_to_a_field_that_is_typed_in(desk, told):
    page = desk()
    page.focus(f"{line(told, 0)} .line-time")
    page.keyboard.press("x")
    page.keyboard.press("s")
    page.wait_for_selector(".lines-choice:focus")
    page.fill("#lines-name", "")
    page.keyboard.type("123")
    assert page.input_value("#lines-name") == "123"
    assert labels(told, 0) == ["IC builtin"]


def reviewed(page, told, position) -> None:
    """Waits until the walk is at this line: in view, marked, with the keyboard, and heard."""
    page.wait_for_selector(f"{line(told, position)}.reviewed .line-time:focus")
    start = at(told, position).start_ms
    page.wait_for_function(f"() => {NOW} >= {start} && {NOW} < {start + 5000}")
    page.wait_for_function(
        f"""() => {{
          const box = document.querySelector('{line(told, position)}')?.getBoundingClientRect();
          return box && box.top >= 0 && box.bottom <= innerHeight;
        }}"""
    )


def progress(page) -> str:
    return page.inner_text(".review-progress")


def test_review_goes_through_unsure_lines_whole_blocks_apart(desk, told):
    page = desk()
    page.click("text=4 unsure lines")
    reviewed(page, told, 2)
    assert progress(page) == "1 of 4"
    assert "61 % sure" in page.inner_text(".review-says")
    page.wait_for_function(f"() => {PAUSED}")  # at the line's end
    assert at(told, 2).end_ms <= page.evaluate(NOW) < at(told, 4).start_ms
    page.keyboard.press("Enter")
    reviewed(page, told, 9)
    page.keyboard.press("1")
    reviewed(page, told, 250)
    assert progress(page) == "3 of 4"
    page.wait_for_selector("text=2 unsure lines")
    reviewed(page, told, 250)
    page.keyboard.press("Shift+N")
    reviewed(page, told, 9)
    page.keyboard.press("n")
    reviewed(page, told, 250)
    page.keyboard.press("3")
    reviewed(page, told, 411)
    page.keyboard.press("2")
    page.wait_for_selector(".toast:has-text('That was the last unsure line.')")
    page.wait_for_selector(".review", state="hidden")
    assert labels(told, *UNSURE) == ["IC person", "IC person", "MIXED person", "OOC person"]
    page.wait_for_selector(".review-button", state="detached")
    assert told.segments.filter(label_by=LabelBy.PERSON).count() == 4


def test_review_begins_where_the_reader_is_and_escape_ends_it(desk, told):
    page = desk("?part=4")
    page.focus(f"{line(told, 200)} .line-time")
    page.keyboard.press("n")
    reviewed(page, told, 250)
    assert progress(page) == "3 of 4"
    page.keyboard.press("Escape")
    page.wait_for_selector(".review", state="hidden")
    assert page.evaluate(PAUSED)
    assert page.locator(".reviewed").count() == 0
    page.keyboard.press("Shift+N")
    reviewed(page, told, 9)
    assert not told.segments.filter(label_by=LabelBy.PERSON).exists()


def test_label_taken_back_in_a_review_is_the_machines_again(desk, told):
    page = desk()
    page.keyboard.press("n")
    reviewed(page, told, 2)
    page.keyboard.press("2")
    reviewed(page, told, 9)
    page.keyboard.press("u")
    page.wait_for_selector(".said:has-text('Undone')")
    assert labels(told, 2) == ["IC builtin"]
    page.wait_for_selector(f"{line(told, 9)}.reviewed")
    page.keyboard.press("Shift+N")
    reviewed(page, told, 2)


def test_review_of_the_story_leaves_table_talk_out(desk, told):
    page = desk("?show=story")
    expected = told.segments.filter(position__in=UNSURE, label__in=["IC", "MIXED"]).count()
    assert 0 < expected < 4
    page.keyboard.press("n")
    page.wait_for_selector(f".review-progress:text-is('1 of {expected}')")


def test_scenes_stand_beside_the_lines_and_lead_to_their_moment(desk, told):
    told.segments.filter(position__lt=300).update(label=Label.IC)
    told.segments.filter(position__gte=300).update(label=Label.OOC)
    page = desk(viewport={"width": 1400, "height": 900})
    page.wait_for_selector(".scene.story[aria-current]")
    lines, scenes = page.locator(".reading-lines").bounding_box(), page.locator("#scenes").bounding_box()
    assert lines["x"] + lines["width"] <= scenes["x"]
    page.click(".scene.table >> nth=0 >> a")
    page.wait_for_selector(f"{line(told, 300)}.spoken-line")
    page.wait_for_selector(".scene.table[aria-current]")
    page.focus(f"{line(told, 300)} .line-time")
    page.evaluate("document.querySelector('.scene-list').dataset.old = 'yes'")
    page.keyboard.press("1")
    page.wait_for_selector(".scene-list:not([data-old])")


def test_scenes_are_folded_where_there_is_no_room_beside_the_lines(desk, told):
    page = desk(viewport=PHONE)
    assert page.locator(".scene").count() == 0
    page.click("#scenes summary")
    page.wait_for_selector(".scene")
    page.reload()
    page.wait_for_selector(".scene")


def test_viewer_reads_labels_and_cannot_change_them(desk, told, viewer):
    page = desk(user=viewer)
    page.focus(f"{line(told, 1)} .line-time")
    page.keyboard.press("2")
    page.keyboard.press("n")
    assert page.locator(".review-button, .review, .label-buttons").count() == 0
    assert page.locator(f"{line(told, 1)} .line-label").inner_text() == "I"


def test_on_a_phone_buttons_do_it_all(desk, told):
    page = desk(viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.tap(".show-legend summary")
    page.wait_for_selector(".show-legend .label-legend")
    page.tap("text=4 unsure lines")
    page.wait_for_selector(f"{line(told, 2)}.reviewed")
    page.tap(".review [data-label=OOC]")
    page.wait_for_selector(f"{line(told, 9)}.reviewed")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_selector("text=3 unsure lines")
    page.wait_for_function(f"""() => {{
      const line = document.querySelector('{line(told, 9)}')?.getBoundingClientRect();
      const said = document.querySelector('.said:not([hidden])').getBoundingClientRect();
      return line && line.top >= 0 && line.bottom <= said.top;
    }}""")
    page.tap(".review [data-act=end]")
    page.wait_for_selector(".review", state="hidden")
    page.tap("#choose-lines")
    page.tap(f"{line(told, 8)} .line-text")
    page.tap(".label-buttons .label-mixed")
    page.wait_for_selector(".said:has-text('1 line: both.')")
    assert labels(told, 2, 8) == ["OOC person", "MIXED person"]
