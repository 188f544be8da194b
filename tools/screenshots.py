"""Takes the README's pictures: starts a new installation, makes the demo campaign in a browser and photographs it.

``python -m tools.screenshots``; needs Chromium. The pictures go to ``docs/images``.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import soundfile
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
PROCESSING_MS = 300_000
DEMO = ROOT / "sessions_app" / "demo"
LIVE_LINES = 9
"""Enough to fill the picture of the live page."""
VOICES = ("Anna", "Tom", "Daan", "Sofie")
"""Who speaks in the demo's second session, the most talkative first."""
QUOTES = ((0, 2), (5, 1), (8, 2), (15, 1), (22, 1), (30, 2))
"""The first of the lines that become a quote, and how many."""

SEARCHED = "dragon"


@dataclass(frozen=True, slots=True)
class Visit:
    """A new installation and how to get in."""

    address: str
    name: str
    password: str


@contextmanager
def installation() -> Iterator[Visit]:
    """Runs ``manage.py up`` in a folder of its own until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="scribe-screenshots-") as folder:
        environment = os.environ | {
            "SCRIBE_DATA_DIR": folder,
            "SCRIBE_PORT": str(port),
            "SCRIBE_ENV_FILE": "",
            "REDIS_URL": "",
            "DATABASE_URL": "",
        }
        command = [sys.executable, "manage.py", "up"]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert running.stdout is not None
            said = ""
            while "ready" not in said:
                line = running.stdout.readline()
                if not line:
                    raise SystemExit(f"Scribe did not start:\n{said}")
                said += line
            found = re.search(r"name\s+(\S+)\s+password\s+(\S+)", said)
            assert found is not None
            yield Visit(f"http://localhost:{port}", found[1], found[2])
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(timeout=60)


def log_in(browser: Browser, visit: Visit, viewport: dict[str, int], scheme: str) -> Page:
    """Returns a page on which the first account is logged in."""
    page = browser.new_page(viewport=viewport, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    page.goto(visit.address)
    page.get_by_label("Username").fill(visit.name)
    page.get_by_label("Password").fill(visit.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{visit.address}/")
    return page


def photograph(browser: Browser, visit: Visit) -> None:
    """Walks through the demo and takes each picture."""
    page = log_in(browser, visit, WIDE, "light")
    page.get_by_role("button", name="demo").click()
    page.locator("main a[href^='/sessions/']").first.click()
    page.locator(".run-text p").nth(2).wait_for(timeout=PROCESSING_MS)
    page.screenshot(path=IMAGES / "processing-wide-light.png")
    page.locator(".transcript .line").nth(5).wait_for(timeout=PROCESSING_MS)
    session = page.url
    _name_voices(page)
    page.goto(session, wait_until="networkidle")  # waveform and scenes come after the page
    page.screenshot(path=IMAGES / "transcript-wide-light.png")
    _hang_up_quotes(page)
    page.goto(session)
    _search(page)
    page.locator("header a[href^='/campaigns/']").first.click()
    page.screenshot(path=IMAGES / "campaign-wide-light.png")
    phone = log_in(browser, visit, PHONE, "dark")
    _record(page, phone)
    phone.goto(session)
    phone.locator(".transcript .line").first.scroll_into_view_if_needed()
    phone.screenshot(path=IMAGES / "transcript-phone-dark.png")


def _name_voices(page: Page) -> None:
    page.locator("a[href$='/voices/']").first.click()
    for done, name in enumerate(VOICES, start=1):
        page.locator("input[name=name]:focus").wait_for()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.locator(".voice-name", has_text=name).first.wait_for()
        if done == 1:
            page.mouse.wheel(0, -2000)
            page.wait_for_timeout(800)  # until the bar with "Undo" has slid in
            page.screenshot(path=IMAGES / "voices-wide-light.png")


def _search(page: Page) -> None:
    """Searches the campaign from the session's page."""
    page.keyboard.press("/")
    page.keyboard.type(SEARCHED)
    page.keyboard.press("Enter")
    page.locator(".hit mark").nth(2).wait_for()
    page.screenshot(path=IMAGES / "search-wide-light.png")


def _hang_up_quotes(page: Page) -> None:
    """Makes clips of a few lines, and photographs the wall that they hang on."""
    for first, count in QUOTES:
        page.locator(".transcript .line-time").nth(first).focus()
        page.keyboard.press("x")
        for _ in range(count - 1):
            page.keyboard.press("Shift+ArrowDown")
        page.keyboard.press("q")
        page.locator(".clip-new button").click()
        page.locator("#lines-said [data-done]").wait_for()
        page.locator("#lines-said [data-act=close]").click()
    page.locator("nav a[href$='/quotes/']").click()
    page.locator(".quote").first.wait_for()
    page.screenshot(path=IMAGES / "quotes-wide-light.png")


def _record(page: Page, phone: Page) -> None:
    """Records an evening in the campaign, whose voices are known by now; somebody follows on a phone."""
    page.get_by_role("button", name="Record tonight").click()
    page.locator("[data-act=record]").first.click()
    phone.goto(page.url)
    page.locator("[role=log] .live-line").nth(LIVE_LINES - 1).wait_for(timeout=PROCESSING_MS)
    page.screenshot(path=IMAGES / "live-wide-light.png")
    phone.screenshot(path=IMAGES / "live-phone-dark.png")
    page.locator("[data-act=stop]").click()
    page.locator("[data-act=stopNow]").last.click()
    page.locator("scribe-recorder[data-state=stopped]").wait_for()


def microphone(folder: Path) -> list[str]:
    """Returns Chromium's arguments for a microphone that hears the demo's session in the campaign's language."""
    sound = folder / "microphone.wav"
    samples, rate = soundfile.read(DEMO / "nl_session.opus", dtype="int16")
    soundfile.write(sound, samples, rate, subtype="PCM_16")
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}",
    ]


def main() -> None:
    """Makes all pictures anew."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not on this machine; Debian's package is called chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with installation() as visit, sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        arguments = ["--no-sandbox", "--disable-gpu", *microphone(Path(folder))]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        photograph(browser, visit)
        browser.close()


if __name__ == "__main__":
    main()
