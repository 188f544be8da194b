"""The pages of people in a browser: clips play in place, a text is read into the page, and all fits a phone."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from sessions_app.models import Errand, Session, State
from speakers_app import decisions
from speakers_app.models import Speaker
from tests.speakers_app.conftest import fill
from tests.speakers_app.test_enrolment import sound

pytestmark = pytest.mark.django_db(transaction=True)


MODERATE_MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const [tone, quieter, out] = [
    context.createOscillator(), context.createGain(), context.createMediaStreamDestination(),
  ];
  quieter.gain.value = 0.2;
  tone.connect(quieter).connect(out);
  tone.start();
  return out.stream;
};
"""
"""Chromium's own stand-in for a microphone beeps louder than can be recorded."""


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def anna(campaign, editor) -> Speaker:
    session = fill(Session.objects.create(campaign=campaign, number=1, title="The gate"), "ATSATSAATS")
    name = default_storage.save(f"{session.folder}/prepared-x.wav", ContentFile(sound(45).read()))
    Session.objects.update(audio_name=name, duration_ms=45_000)
    decisions.name_voice(session.voices.get(number=1), "Anna", editor)
    return Speaker.objects.get()


def test_clip_plays_in_place_and_stops(open_page, anna, viewer):
    page = open_page(viewer)
    page.goto(anna.get_absolute_url())
    first = page.get_by_role("button", name="Hear 0:00")
    first.click()
    page.locator(".voice-clip.playing").wait_for()
    assert first.get_attribute("aria-pressed") == "true"
    second = page.get_by_role("button", name="Hear").nth(1)
    second.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelectorAll('.voice-clip')[1].matches('.playing')")
    assert page.locator(".voice-clip.playing").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('.voice-clip.playing')")


def test_text_is_read_into_the_page_heard_again_and_sent(open_page, campaign, viewer):
    page = open_page(viewer)
    page.add_init_script(MODERATE_MICROPHONE)
    page.goto(reverse("own-voice", args=[campaign.uuid]))
    page.evaluate("document.querySelector('scribe-enrol').dataset.leastSeconds = '0.5'")
    page.get_by_role("button", name="Record").click()
    page.get_by_text("Recording. Read the text").wait_for()
    page.wait_for_function("() => document.querySelector('meter').value > 0.1")
    page.wait_for_function("() => document.querySelector('scribe-enrol').samples > 48000")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Listen to it").wait_for()
    page.wait_for_function("() => document.querySelector('.recorder-playback').duration > 0.5")
    assert page.evaluate("document.activeElement.dataset.act") == "send"
    page.locator(".recorder").get_by_role("button", name="Agree and send").click()
    page.get_by_text("Thank you. Your voice is being learnt.").wait_for()
    task = Errand.objects.get()
    assert default_storage.size(task.inputs["audio_name"]) > 50_000

    Errand.objects.update(state=State.FAILED, message="You are hard to hear.")
    page.get_by_text("You are hard to hear.").wait_for()


def test_short_recording_is_not_sent(open_page, campaign, viewer):
    page = open_page(viewer)
    page.goto(reverse("own-voice", args=[campaign.uuid]))
    page.get_by_role("button", name="Record").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("That was very short").wait_for()
    assert not page.locator(".recorder").get_by_role("button", name="Agree and send").is_visible()
    assert page.get_by_role("button", name="Again").is_visible()


def test_distorted_recording_is_heard_but_not_sent(open_page, campaign, viewer):
    page = open_page(viewer)
    page.goto(reverse("own-voice", args=[campaign.uuid]))
    page.evaluate("document.querySelector('scribe-enrol').dataset.leastSeconds = '0.5'")
    page.get_by_role("button", name="Record").click()
    page.wait_for_function("() => document.querySelector('scribe-enrol').samples > 96000")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("It was too loud").wait_for()
    assert page.locator(".recorder-playback").is_visible()
    assert not page.locator(".recorder").get_by_role("button", name="Agree and send").is_visible()


def test_without_scripts_a_file_does(open_page, campaign, viewer):
    page = open_page(viewer, java_script_enabled=False)
    page.goto(reverse("own-voice", args=[campaign.uuid]))
    assert not page.locator(".recorder").is_visible()
    page.get_by_text("Or choose a recording").click()
    page.get_by_label("Recording").set_input_files(
        {"name": "reading.wav", "mimeType": "audio/wav", "buffer": sound().read()}
    )
    page.get_by_role("button", name="Agree and send").click()
    page.get_by_text("Thank you").wait_for()


def test_person_is_edited_by_keyboard(open_page, anna, editor):
    page = open_page(editor)
    page.goto(reverse("speaker-edit", args=[anna.uuid]))
    page.get_by_label("Name").fill("Anneke")
    page.get_by_role("radio", name="teal").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("radio", name="amber").is_checked()
    page.keyboard.press("Enter")
    page.get_by_text("Anneke is saved").wait_for()
    anna.refresh_from_db()
    assert (anna.name, anna.colour) == ("Anneke", 2)


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_people_is_wider_than_the_screen(width, open_page, campaign, anna, owner):
    Speaker.objects.update(name="W" * 120, member=owner)
    Speaker.objects.create(campaign=campaign, name="Tom" * 30, consent="withdrawn")
    page = open_page(owner, viewport={"width": width, "height": 800})
    addresses = [reverse(name, args=[campaign.uuid]) for name in ("speaker-list", "own-voice")]
    addresses += [
        reverse(name, args=[anna.uuid])
        for name in ("speaker-detail", "speaker-edit", "speaker-merge", "speaker-forget")
    ]
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
