"""Uploading in a real browser: progress, pause, reload, lost network, refusals, phone and keyboard."""

from __future__ import annotations

import os
import re
import struct
import time
from pathlib import Path

import pytest
from django.urls import reverse

from sessions_app.models import Recording, State, Upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def runs(monkeypatch) -> None:
    """Runs are only noted: no worker is there to do them."""

    def start_run(session, user):
        session.runs.active().update(state=State.CANCELLED)
        return session.runs.create(requested_by=user)

    monkeypatch.setattr("sessions_app.uploads.finishing.start_run", start_run)


@pytest.fixture
def page(open_page, editor, session):
    page = open_page(editor)
    page.goto(session.get_absolute_url())
    return page


@pytest.fixture
def slowed(page, live_server):
    """Holds every part but the first back until it is let go."""
    held = []

    def hold(route):
        if route.request.method == "PATCH" and int(route.request.headers["upload-offset"]) > 0:
            held.append(route)
        else:
            route.continue_()

    page.route("**/uploads/*/", hold)
    return held


def sound(path: Path, seconds: float = 1.0) -> Path:
    """A WAV file at ``path``."""
    samples = os.urandom(int(seconds * 16_000) * 2)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(samples)) + samples
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    return path


def choose(page, *paths: Path) -> None:
    page.locator("scribe-upload input[type=file]").set_input_files([str(path) for path in paths])


def wait_until(page, condition) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        page.wait_for_timeout(50)


NO_CHOOSER = """() => {
    window.showOpenFilePicker = async () => {
        window.asked = true;
        throw new DOMException("no", "%s");
    };
}"""


def test_where_the_chooser_that_gives_handles_is_forbidden_the_plain_one_opens(page):
    page.evaluate(NO_CHOOSER % "SecurityError")
    with page.expect_file_chooser():
        page.click("text=Choose files")


def test_a_chooser_that_was_closed_opens_no_other(page):
    page.evaluate(NO_CHOOSER % "AbortError")
    choosers = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.click("text=Choose files")
    page.wait_for_function("window.asked")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert choosers == []


def test_chosen_file_becomes_a_recording_and_the_page_goes_on(page, session, tmp_path):
    choose(page, sound(tmp_path / "evening.wav"))
    wait_until(page, session.runs.exists)
    page.wait_for_selector(".recording", state="attached")
    assert session.recordings.get().original_name == "evening.wav"
    assert "evening.wav" in page.locator(".recording").text_content()


def test_dropped_files_go_in_one_after_the_other(page, session):
    page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          for (const name of ["one.mp3", "two.mp3"]) transfer.items.add(new File(["no sound"], name));
          document.querySelector(".drop-zone").dispatchEvent(
            new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
        }"""
    )
    page.wait_for_selector(".upload-kept:nth-of-type(2) .message.error")
    assert sorted(Upload.objects.values_list("original_name", flat=True)) == ["one.mp3", "two.mp3"]


def test_refused_file_says_why_and_can_be_dismissed(page, tmp_path):
    (tmp_path / "list.mp3").write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")
    choose(page, tmp_path / "list.mp3")
    page.wait_for_selector(".upload-kept .message.error")
    assert "Choose another file" in page.locator(".upload-kept .message.error").text_content()
    page.get_by_role("button", name=re.compile("Dismiss")).click()
    page.wait_for_selector(".upload-kept", state="detached")
    assert not Upload.objects.exists()


def test_too_large_a_file_says_the_limit(page, tmp_path, monkeypatch):
    monkeypatch.setattr("sessions_app.views.uploads._max_bytes", lambda: 1000)
    choose(page, sound(tmp_path / "evening.wav"))
    page.wait_for_selector(".upload-row[data-state=failed]")
    assert "up to 1000" in page.locator(".upload-says").text_content()


def test_reload_in_mid_upload_goes_on_when_the_file_is_chosen_again(page, slowed, session, tmp_path):
    path = sound(tmp_path / "evening.wav", 600)
    choose(page, path)
    wait_until(page, lambda: bool(slowed))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(".upload-pause").focus()
    page.keyboard.press("Shift")  # a page that was never touched is not allowed to ask
    page.reload()
    assert asked in ([], ["beforeunload"])
    page.wait_for_selector(".upload-advice:visible")
    assert "Choose the same file again" in page.locator(".upload-kept").text_content()
    assert Upload.objects.get().offset == 8 << 20
    page.unroute("**/uploads/*/")
    choose(page, path)
    wait_until(page, session.recordings.exists)
    assert Recording.objects.get().size == path.stat().st_size
    assert Upload.objects.count() == 1


def test_lost_network_is_survived(page, slowed, session, tmp_path):
    path = sound(tmp_path / "evening.wav", 600)
    choose(page, path)
    wait_until(page, lambda: bool(slowed))
    page.context.set_offline(True)
    slowed[0].abort()
    page.wait_for_selector(".upload-row[data-state=retrying]")
    assert "Goes on by itself" in page.locator(".upload-says").text_content()
    page.unroute("**/uploads/*/")
    page.context.set_offline(False)
    wait_until(page, session.recordings.exists)
    assert Recording.objects.get().size == path.stat().st_size


def test_pause_go_on_and_cancel_by_keyboard(page, slowed, session, tmp_path):
    choose(page, sound(tmp_path / "evening.wav", 600))
    wait_until(page, lambda: bool(slowed))
    page.locator(".upload-pause").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".upload-row[data-state=paused]")
    page.locator(".upload-go-on").focus()
    page.keyboard.press("Enter")
    wait_until(page, lambda: len(slowed) == 2)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".upload-cancel").focus()
    page.keyboard.press("Enter")
    wait_until(page, lambda: not Upload.objects.exists())
    page.wait_for_selector(".upload-rows .upload-row", state="detached")


def test_same_recording_again_is_recognised(page, session, tmp_path):
    path = sound(tmp_path / "evening.wav")
    choose(page, path)
    page.wait_for_selector(".recording", state="attached")
    wait_until(page, session.runs.exists)
    page.goto(session.get_absolute_url())
    choose(page, path)
    page.wait_for_selector(".upload-kept .message", state="attached")
    assert "already here" in page.locator(".upload-kept .message").text_content()


def test_viewer_sees_no_way_to_upload(open_page, viewer, session):
    page = open_page(viewer)
    page.goto(session.get_absolute_url())
    assert page.locator("scribe-upload").count() == 0
    assert "no recording of this session yet" in page.text_content("body")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_shows_all_of_it_without_scrolling_sideways(open_page, editor, session, tmp_path, scheme):
    page = open_page(editor, viewport={"width": 360, "height": 740}, color_scheme=scheme, has_touch=True)
    page.goto(session.get_absolute_url())
    choose(page, sound(tmp_path / ("a very long name of an evening " * 4 + ".mp3")))
    page.wait_for_selector(".recording", state="attached")
    # The page may just be loading itself anew with the recording: a wait outlives that, an evaluation does not.
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    assert page.request.get(reverse("upload-panel", args=[session.uuid])).ok
