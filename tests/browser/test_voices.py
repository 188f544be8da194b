"""The page of a session's voices as somebody with a keyboard, and somebody with a phone, uses it."""

from __future__ import annotations

import time
import wave

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from sessions_app.models import Character, CharacterRole
from sessions_app.transcripts.voices import voice_names
from tests.sessions_app.transcripts.telling import tell

AUDIO = "document.querySelector('audio')"
PAUSED = f"{AUDIO}.paused"
NOW = f"{AUDIO}.currentTime"
PHONE = {"width": 360, "height": 740}
CAST = (("Dungeon Master", "Eva", CharacterRole.DM), ("Mira", "Anna", "player"), ("Borin", "Tom", "player"))


@pytest.fixture
def told(transactional_db, campaign, session, tmp_path):
    """Four voices with a tone under their lines, and a party of three."""
    for name, player, role in CAST:
        Character.objects.create(party=campaign.party, name=name, player_name=player, role=role)
    tell(session, lines=120, voices=4)
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        second = (3000 * np.sin(np.arange(16_000) * 2 * np.pi * 220 / 16_000)).astype("<i2").tobytes()
        file.writeframes(second * (session.duration_ms // 1000 + 1))
    session.audio_name = default_storage.save("tone.wav", ContentFile(path.read_bytes()))
    session.save(update_fields=["audio_name"])
    return session


@pytest.fixture
def desk(open_page, told, editor):
    """Opens the voices of ``told``."""

    def opened(address="", **options):
        page = open_page(editor, **options)
        page.goto(reverse("session-voices", args=[told.uuid]) + address)
        return page

    return opened


def names(session) -> dict[int, str]:
    called = voice_names(session)
    return {each.number: called[each.pk].name for each in session.voices.all()}


def card(number: int) -> str:
    return f"#voice-{number}"


def order(page) -> list[int]:
    ids = page.eval_on_selector_all(".voice-card[data-waiting]", "all => all.map(card => card.id)")
    return [int(name.removeprefix("voice-")) for name in ids]


def test_four_voices_are_named_by_keyboard_alone_within_seconds(desk, told):
    page = desk()
    waiting = order(page)
    page.wait_for_function("() => document.activeElement.name === 'name'")
    began = time.monotonic()
    for name in ("Eva", "Anna", "Tom", "Sofie"):
        page.keyboard.press("1")
        page.wait_for_function(f"() => !{PAUSED}")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    page.get_by_text("Nobody is left to be named").wait_for()
    assert time.monotonic() - began < 30
    assert names(told) == dict(zip(waiting, ("Eva", "Anna", "Tom", "Sofie"), strict=True))
    assert page.evaluate("document.activeElement.id") == "voices-state"


def test_typing_ahead_of_the_answers_loses_nothing(desk, told):
    page = desk()
    waiting = order(page)
    page.wait_for_function("() => document.activeElement.name === 'name'")
    page.keyboard.type("Eva\nAnna\nTom\nSofie\n")
    page.get_by_text("Nobody is left to be named").wait_for()
    assert names(told) == dict(zip(waiting, ("Eva", "Anna", "Tom", "Sofie"), strict=True))


def test_empty_enter_goes_on_to_the_next_voice(desk, told):
    page = desk()
    first, second, *_ = order(page)
    page.focus(f"#name-{first}-field")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == f"name-{second}-field"
    assert names(told)[first].startswith("Speaker")


def test_half_a_name_outlives_the_naming_of_another_voice(desk, told):
    page = desk()
    first, second, *_ = order(page)
    page.fill(f"#name-{second}-field", "Ann")
    page.locator(card(first)).get_by_role("button", name="Eva").click()
    page.get_by_text(f"Named Speaker {first} → Eva.").wait_for()
    assert page.input_value(f"#name-{second}-field") == "Ann"


def test_last_step_is_taken_back_by_key_while_nothing_is_typed(desk, told):
    page = desk()
    first, *_ = order(page)
    page.keyboard.type("Eva\n")
    page.get_by_text(f"Undo: named Speaker {first} → Eva").wait_for()
    page.keyboard.press("Control+z")
    page.get_by_text(f"Undone: named Speaker {first} → Eva.").wait_for()
    assert names(told)[first] == f"Speaker {first}"
    page.focus(f"#name-{first}-field")
    page.keyboard.type("Tom\n")
    page.get_by_text(f"Undo: named Speaker {first} → Tom").wait_for()
    page.keyboard.type("An")
    page.keyboard.press("Control+z")
    assert names(told)[first] == "Tom", "in a text that is being typed the key is the text's own"


def test_samples_play_one_at_a_time_by_key_and_end_by_themselves(desk, told):
    page = desk()
    first, *_ = order(page)
    samples = page.locator(f"{card(first)} .sample")
    page.evaluate(
        f"{AUDIO}.defaultPlaybackRate = {AUDIO}.playbackRate = 0.1"
    )  # a sample outlasts the looks at it
    page.keyboard.press("1")
    page.wait_for_function(f"() => !{PAUSED}")
    assert samples.nth(0).get_attribute("aria-pressed") == "true"
    page.keyboard.press("2")
    page.wait_for_selector(f"{card(first)} li:nth-child(2) .sample[aria-pressed=true]")
    assert samples.nth(0).get_attribute("aria-pressed") == "false"
    begins = int(samples.nth(1).get_attribute("data-start")) / 1000
    ends = int(samples.nth(1).get_attribute("data-end")) / 1000
    assert begins - 0.01 <= page.evaluate(NOW) < ends
    page.evaluate(f"{AUDIO}.playbackRate = 1")
    page.wait_for_function(f"() => {PAUSED}")
    assert page.evaluate(NOW) == pytest.approx(ends, abs=0.05)
    page.keyboard.press("3")
    page.wait_for_function(f"() => !{PAUSED}")
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => {PAUSED}")


def test_a_sample_ends_where_it_should_while_the_page_is_hidden_and_gets_no_frames(desk, told):
    page = desk()
    first, *_ = order(page)
    sample = page.locator(f"{card(first)} .sample").first
    page.evaluate("window.requestAnimationFrame = () => 0")
    page.evaluate(f"() => {{ {AUDIO}.addEventListener('pause', () => {{ window.ended = {NOW}; }}); }}")
    page.keyboard.press("1")
    page.wait_for_function("() => window.ended !== undefined", polling=100)
    assert page.evaluate("window.ended") == pytest.approx(
        int(sample.get_attribute("data-end")) / 1000, abs=0.05
    )


def test_digits_can_be_part_of_a_name_once_it_is_begun(desk, told):
    page = desk()
    first, *_ = order(page)
    page.keyboard.type("Guest 2\n")
    page.get_by_text(f"Named Speaker {first} → Guest 2.").wait_for()
    assert page.evaluate(PAUSED)


def test_sound_goes_on_while_voices_are_merged_and_separated(desk, told):
    page = desk()
    first, second, *_ = order(page)
    page.evaluate("window.sound = document.querySelector('audio')")
    merge = page.locator(f"{card(second)} .voice-more")
    merge.locator("summary").click()
    merge.get_by_label("The same person as").select_option(label=f"Speaker {first}")
    page.locator(f"{card(first)} .sample").first.click()
    page.wait_for_function(f"() => !{PAUSED}")
    merge.get_by_role("button", name="Merge").click()
    page.get_by_text(f"Speaker {second} is part of this voice").wait_for()
    assert page.evaluate("!window.sound.paused && window.sound.isConnected")
    assert names(told)[second] == f"Speaker {first}"
    page.get_by_role("button", name="Separate").click()
    page.locator(card(second)).wait_for()
    assert page.evaluate("window.sound === document.querySelector('audio')")
    assert names(told)[second] == f"Speaker {second}"


def test_proposal_is_confirmed_by_keyboard(desk, told):
    first = told.voices.order_by("-talk_ms").first()
    told.voices.filter(pk=first.pk).update(talk_ms=first.talk_ms * 5)
    page = desk()
    page.focus("#propose")
    page.keyboard.press("Enter")
    page.get_by_text("as who leads the game usually does").wait_for()
    assert page.evaluate("document.activeElement.id") == "proposals-title"
    page.get_by_role("button", name="Confirm what is ticked").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Confirmed 1 name.").wait_for()
    assert names(told)[first.number] == "Eva"


def test_refusal_is_said_beside_the_way_back(desk, told, campaign, editor):
    page = desk()
    campaign.memberships.filter(user=editor).update(role="viewer")
    page.keyboard.type("Eva\n")
    page.get_by_text("You may not do that").wait_for()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_page_is_never_wider_than_the_screen(width, desk, told, campaign):
    Character.objects.create(party=campaign.party, name="Mira" * 25, player_name="W" * 100)
    page = desk("propose/", viewport={"width": width, "height": 740})
    page.locator(".voice-more summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_phone_names_with_one_tap_and_opens_no_keyboard(desk, told):
    page = desk(viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("document.activeElement === document.body")
    first, *_ = order(page)
    page.locator(card(first)).get_by_role("button", name="Tom").tap()
    page.get_by_text(f"Undo: named Speaker {first} → Tom").wait_for()
    assert names(told)[first] == "Tom"
    for target in page.locator(":is(.sample, .pick, .name-row .button):visible").all():
        assert target.bounding_box()["height"] >= 44


def test_everything_works_without_scripts(desk, told):
    page = desk(java_script_enabled=False)
    first, *_ = [int(each.get_attribute("id")[6:]) for each in page.locator("[data-waiting]").all()]
    assert "#t=" in page.locator(f"{card(first)} .sample").first.get_attribute("href")
    page.fill(f"#name-{first}-field", "Eva")
    page.press(f"#name-{first}-field", "Enter")
    page.get_by_text(f"Named Speaker {first} → Eva.").wait_for()
    page.get_by_role("button", name=f"Undo: named Speaker {first} → Eva").click()
    page.get_by_text(f"Undone: named Speaker {first} → Eva.").wait_for()
    assert names(told)[first] == f"Speaker {first}"
