"""Clips in a real browser: made from the keyboard, hung on the wall, heard, and cut out of a whole session."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from playwright.sync_api import expect

from engine.wav import wav_header
from sessions_app.models import Clip
from tests.sessions_app.transcripts.telling import tell

PHONE = {"width": 360, "height": 780}


@pytest.fixture(autouse=True)
def _no_worker_to_wake(monkeypatch):
    monkeypatch.setattr("sessions_app.runs.tickets._enqueue", lambda count: None)


@pytest.fixture
def told(transactional_db, session):
    """A transcript over soft noise."""
    tell(session, lines=40, voices=2)
    pcm = (np.random.default_rng(3).normal(0, 0.02, session.duration_ms * 16) * 32767).astype("<i2").tobytes()
    session.audio_name = default_storage.save("noise.wav", ContentFile(wav_header(len(pcm)) + pcm))
    session.save(update_fields=["audio_name"])
    return session


def test_chosen_lines_become_a_clip_without_a_mouse(open_page, told, editor):
    page = open_page(editor)
    page.goto(told.get_absolute_url())
    page.locator(".line-time").nth(3).focus()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".lines-count")).to_contain_text("2")
    page.keyboard.press("q")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("Never again")
    page.keyboard.press("Enter")
    expect(page.locator("#lines-said")).to_contain_text("The clip is made.")
    clip = Clip.objects.get()
    assert (clip.title, clip.on_wall, len(clip.lines)) == ("Never again", True, 2)
    page.locator("#lines-said a").click()
    expect(page.locator("h1")).to_have_text("Never again")
    length = page.evaluate(
        "() => new Promise((done) => { const a = document.querySelector('audio'); a.addEventListener('loadedmetadata',"
        " () => done(a.duration)); a.preload = 'metadata'; a.load(); })"
    )
    assert length > 1


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_what_can_be_done_with_chosen_lines_is_on_the_screen(open_page, told, editor, width):
    page = open_page(editor, viewport={"width": width, "height": 700}, locale="nl-NL")
    page.goto(told.get_absolute_url())
    page.locator(".line-time").nth(3).focus()
    page.keyboard.press("x")
    page.locator(".lines-bar [data-act=clip] summary").click()
    ends = "all => all.map((part) => part.getBoundingClientRect().right)"
    parts = page.locator(".lines-bar :is(button, summary, input):visible")
    assert parts.count() > 6
    assert max(parts.evaluate_all(ends)) <= width - 8


@pytest.mark.parametrize("size", [None, PHONE])
def test_wall_fits_the_screen(open_page, told, editor, size):
    lines = list(told.segments.exclude(text="").order_by("position")[:2])
    Clip.objects.create(
        session=told,
        user=editor,
        title="A title " * 18,
        lines=[[line.start_ms, line.end_ms, 1] for line in lines],
        start_ms=lines[0].start_ms,
        end_ms=lines[-1].end_ms,
        on_wall=True,
    )
    options = {"viewport": size} if size else {}
    page = open_page(editor, **options)
    page.goto(reverse("quote-wall", args=[told.campaign.uuid]))
    expect(page.locator(".quote")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_choice_of_clips_tells_how_many_before_they_are_cut(open_page, told, viewer):
    page = open_page(viewer)
    page.goto(reverse("session-clips", args=[told.uuid]))
    expect(page.locator("#clip-estimate")).to_contain_text("clips, about")
    page.get_by_label("Which lines").select_option("story")
    expect(page.locator("#clip-estimate")).to_contain_text("No lines are like that.")
    page.get_by_label("Which lines").select_option("")
    page.get_by_role("button", name="Cut the clips").click()
    expect(page.locator(".clip-export")).to_contain_text("waits for a worker")
