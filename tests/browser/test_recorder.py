"""Recording in a real browser, against the real web process: whatever is cut off, nothing that was said is lost."""

from __future__ import annotations

import base64
import re
import time
import wave

import numpy as np
import pytest

from tests.browser.fed import RATE, OwnChromium, check_fed, microphone_arguments, spoken, write_microphone
from tests.browser.house import House

pytestmark = [pytest.mark.processes, pytest.mark.slow]

LISTEN = """
window.capture = {state: "", recordedMs: 0, heldMs: 0, pendingMs: 0};
document.addEventListener("scribe:capture", ({detail}) => { window.capture = detail; });

// What the worklet gave, beside all that is done with it.
window.heard = [];
window.AudioWorkletNode = class extends AudioWorkletNode {
  constructor(...all) {
    super(...all);
    this.port.addEventListener("message", ({data}) => window.heard.push(data.samples));
  }
};
window.heardSound = async () => {
  const bytes = await new Blob(window.heard).arrayBuffer();
  return new Uint8Array(bytes).toBase64();
};
"""
FRAME = 2_400
"""Samples of the frame that was being kept when a browser dies."""


@pytest.fixture(scope="module")
def fed():
    return spoken()


@pytest.fixture(scope="module")
def microphone(fed, tmp_path_factory) -> list[str]:
    return microphone_arguments(write_microphone(tmp_path_factory.mktemp("sound") / "microphone.wav", fed))


@pytest.fixture(scope="module")
def listening(chromium, microphone):
    """A Chromium that hears what is fed."""
    browser = chromium.browser_type.launch(executable_path=chromium_path(), args=microphone)
    yield browser
    browser.close()


def chromium_path() -> str:
    from tests.browser.conftest import CHROMIUM

    assert CHROMIUM is not None
    return CHROMIUM


@pytest.fixture
def house(built_house) -> House:
    built_house.new_evening()
    return built_house


@pytest.fixture
def visit(listening, house):
    """Opens the live page as ``name``."""
    contexts = []

    def visited(name="eddie", number=0, browser=None, **options):
        context = (browser or listening).new_context(**options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        context.add_cookies([house.cookie(name)])
        return opened(context, house, number)

    yield visited
    for context in contexts:
        context.close()


@pytest.fixture
def page(visit):
    return visit()


def opened(context, house: House, number: int = 0):
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.goto(house.live_url(number))
    return page


def ready(page) -> None:
    page.wait_for_selector("scribe-recorder[data-ready]")


def press(page, act: str) -> None:
    page.locator(f"scribe-recorder [data-act={act}]:visible").click()


def state(page, name: str) -> None:
    page.wait_for_selector(f"scribe-recorder[data-state={name}]")


def record(page, seconds: float) -> None:
    """Presses Record and waits for so many seconds of sound."""
    ready(page)
    press(page, "record")
    recorded(page, seconds)


def recorded(page, seconds: float) -> None:
    page.wait_for_function(f"() => capture.recordedMs >= {seconds * 1000}")


def notice(page, name: str) -> None:
    page.wait_for_selector(f"[data-notice={name}]:visible")


def stop(page) -> None:
    press(page, "stop")
    press(page, "stopNow")
    state(page, "stopped")


def heard(page):
    """All that the worklet gave since the page was opened."""
    return np.frombuffer(base64.b64decode(page.evaluate("heardSound()")), "<i2")


def without_gaps(sound, gaps):
    """What was recorded of ``sound``, one after the other; checks that the gaps are silent."""
    kept = np.ones(len(sound), bool)
    for first, end, _ in gaps:
        assert not sound[first:end].any()
        kept[first:end] = False
    return sound[kept]


def check_whole(house: House, page, before=None) -> None:
    """Checks that every sample that was heard is in the recording, once and in order.

    Args:
        house: where the recording is.
        page: the page that it ended in.
        before: what was heard in an earlier life of the page; some seconds more may have come before that ended.
    """
    (capture,) = house.captures()
    sound = house.recording()
    assert len(sound) == capture["held"]
    kept, last = without_gaps(sound, capture["gaps"]), heard(page)
    assert np.array_equal(kept[len(kept) - len(last) :], last)
    rest = kept[: len(kept) - len(last)]
    if before is None:
        assert not len(rest)
    else:
        assert np.array_equal(rest[: len(before)], before)
        assert len(rest) - len(before) < 5 * RATE


def test_record_pause_go_on_and_stop_become_a_recording_with_a_silent_gap(page, house, fed):
    record(page, 4)
    press(page, "pause")
    state(page, "paused")
    paused_at = time.monotonic()
    house.wait(lambda: house.captures()[0]["state"] == "paused", "the server to hear of the pause")
    house.wait(lambda: time.monotonic() - paused_at > 3, "a pause of some length")
    press(page, "goOn")
    state(page, "recording")
    paused_s = time.monotonic() - paused_at
    before = page.evaluate("capture.recordedMs") / 1000
    recorded(page, before + paused_s + 4)
    stop(page)
    (capture,) = house.captures()
    ((first, end, reason),) = capture["gaps"]
    assert reason == "pause"
    assert (end - first) / RATE == pytest.approx(paused_s, abs=1.5)
    check_whole(house, page)
    check_fed(fed, house.recording()[:first])


def test_lost_connection_loses_no_sample(page, house, fed):
    record(page, 3)
    house.kill_web()
    notice(page, "lost")
    recorded(page, 8)
    assert house.held() < 6 * RATE
    assert page.evaluate("capture.pendingMs") > 2_000
    page.wait_for_selector("[data-pending]:visible")
    house.start_web()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_function("() => capture.pendingMs < 1500")
    page.wait_for_selector("[data-notice=lost]", state="hidden")
    recorded(page, 12)
    stop(page)
    check_whole(house, page)
    check_fed(fed, house.recording())


@pytest.fixture
def sockets(page):
    """The page's side of its captures' sockets, between it and the server, as they are opened."""
    routes = []

    def pass_on(route):
        route.connect_to_server()
        routes.append(route)

    page.route_web_socket("**/ws/captures/", pass_on)
    page.reload()
    return routes


def test_page_without_network_records_on_and_replays(page, sockets, house):
    record(page, 2)
    page.context.set_offline(True)
    sockets[-1].close(code=1001)
    notice(page, "lost")
    recorded(page, 6)
    page.context.set_offline(False)
    page.wait_for_function("() => capture.pendingMs < 1500")
    stop(page)
    check_whole(house, page)


def test_reload_in_mid_recording_keeps_what_was_said_and_marks_the_gap(page, house):
    record(page, 4)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    known = heard(page)
    page.reload()
    assert asked == ["beforeunload"]
    state(page, "interrupted")
    assert "cut off" in page.inner_text(".recorder-headline")
    before = page.evaluate("capture.recordedMs")
    page.wait_for_function("() => capture.pendingMs === 0")  # sent without asking
    press(page, "goOn")
    state(page, "recording")
    recorded(page, before / 1000 + 6)
    stop(page)
    ((first, _, reason),) = house.captures()[0]["gaps"]
    assert reason == "lost"
    assert first / RATE == pytest.approx(before / 1000, abs=0.5)
    check_whole(house, page, before=known)


def test_killed_browser_loses_at_most_the_frame_in_hand(chromium, house, microphone, tmp_path):
    browser = OwnChromium(chromium.browser_type, tmp_path / "profile", microphone)
    (tmp_path / "profile").mkdir()
    with browser.running() as context:
        context.add_cookies([house.cookie("eddie")])
        page = opened(context, house)
        record(page, 3)
        house.kill_web()  # so that only the browser has what comes now
        recorded(page, 7)
        known = heard(page)
        browser.kill()
    assert house.held() < len(known) - RATE
    house.start_web()
    with browser.running() as context:
        context.add_cookies([house.cookie("eddie")])
        page = opened(context, house)
        state(page, "interrupted")
        page.wait_for_function("() => capture.pendingMs === 0")
        press(page, "stopNow")
        state(page, "stopped")
    (capture,) = house.captures()
    kept = without_gaps(house.recording(), capture["gaps"])
    assert len(kept) >= len(known) - FRAME
    assert np.array_equal(kept[: len(known)], known[: len(kept)])


def test_discard_asks_once_and_leaves_nothing(page, house):
    record(page, 2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    state(page, "interrupted")
    press(page, "discard")
    press(page, "discardNow")
    state(page, "idle")
    house.wait(lambda: house.captures()[0]["state"] == "discarded", "the capture to be gone")
    assert not house.recordings()
    page.reload()
    ready(page)
    assert page.evaluate("capture.state") == "idle"


def test_login_that_has_ended_is_asked_for_while_recording_goes_on(page, house):
    ready(page)
    page.context.clear_cookies()
    press(page, "record")
    notice(page, "login")
    recorded(page, 3)
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".recorder-wrong:visible")
    page.fill("[name=password]", "correct horse")
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[data-notice=login]", state="hidden")
    page.wait_for_function("() => capture.pendingMs < 1500")
    recorded(page, 6)
    stop(page)
    check_whole(house, page)


def test_token_that_is_no_good_any_more_is_renewed(page, house):
    record(page, 3)
    page.wait_for_function("() => capture.heldMs > 2000")
    house.kill_web()
    notice(page, "lost")
    page.evaluate("document.querySelector('scribe-recorder').recorder.tape.change({token: 'out of date'})")
    house.start_web()
    page.wait_for_function("() => capture.link === 'open' && capture.pendingMs < 1500")
    recorded(page, 6)
    stop(page)
    check_whole(house, page)


def test_unplugged_microphone_is_told_and_goes_on_with_one_tap(page, house):
    record(page, 3)
    page.evaluate(
        "document.querySelector('scribe-recorder').recorder.microphone.track.dispatchEvent(new Event('ended'))"
    )
    state(page, "interrupted")
    assert "microphone is gone" in page.inner_text(".recorder-headline")
    press(page, "goOn")
    state(page, "recording")
    before = page.evaluate("capture.recordedMs")
    recorded(page, before / 1000 + 4)
    stop(page)
    ((_, _, reason),) = house.captures()[0]["gaps"]
    assert reason == "lost"
    check_whole(house, page)


def test_microphone_that_is_forbidden_is_told_and_can_be_asked_for_again(page, house):
    ready(page)
    page.evaluate(
        """() => {
          const ask = navigator.mediaDevices.getUserMedia;
          navigator.mediaDevices.getUserMedia = async () => {
            navigator.mediaDevices.getUserMedia = ask;
            throw new DOMException("no", "NotAllowedError");
          };
        }"""
    )
    press(page, "record")
    notice(page, "denied")
    assert not house.captures()
    record(page, 1)
    assert not page.locator("[data-notice=denied]").is_visible()


def test_suspended_machine_leaves_a_gap_of_its_length(page, house):
    record(page, 2)
    page.evaluate("document.querySelector('scribe-recorder').recorder.microphone.context.suspend()")
    at = time.monotonic()
    house.wait(lambda: time.monotonic() - at > 3, "a closed lid")
    page.evaluate("document.querySelector('scribe-recorder').recorder.microphone.context.resume()")
    asleep = time.monotonic() - at
    recorded(page, 2 + asleep + 2)
    stop(page)
    ((first, end, reason),) = house.captures()[0]["gaps"]
    assert reason == "lost"
    assert (end - first) / RATE == pytest.approx(asleep, abs=1.5)
    check_whole(house, page)


def test_full_browser_storage_is_told_and_the_server_gets_everything(page, house):
    ready(page)
    page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (value) {
            if (this.name === "frames") throw new DOMException("full", "QuotaExceededError");
            return put.call(this, value);
          };
        }"""
    )
    record(page, 4)
    notice(page, "full")
    stop(page)
    check_whole(house, page)


def test_full_disk_of_the_server_is_told_until_it_is_over(page, sockets, house):
    record(page, 2)
    sockets[-1].send('{"type": "disk-full"}')
    notice(page, "disk-full")
    sockets[-1].send('{"type": "disk-back"}')
    page.wait_for_selector("[data-notice=disk-full]", state="hidden")
    stop(page)
    check_whole(house, page)


def test_recording_that_another_page_has_taken_over_can_be_taken_back(page, sockets, house):
    record(page, 2)
    sockets[-1].close(code=4409)
    notice(page, "superseded")
    page.locator("[data-notice=superseded] [data-act=insist]").click()
    page.wait_for_selector("[data-notice=superseded]", state="hidden")
    stop(page)
    check_whole(house, page)


def test_recording_that_the_server_takes_no_more_of_can_be_saved(page, sockets, house):
    record(page, 2)
    page.wait_for_function("() => capture.heldMs > 1000")
    sockets[-1].send('{"type": "refused", "reason": "limit", "message": "That was long enough."}')
    sockets[-1].close(code=4413)
    notice(page, "limit")
    assert "That was long enough." in page.inner_text("[data-notice=limit]")
    recorded(page, 4)
    press(page, "stop")
    press(page, "stopNow")
    state(page, "stranded")
    with page.expect_download() as saved:
        page.locator(".recorder-acts [data-act=save]").click()
    with wave.open(str(saved.value.path())) as file:
        kept = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    sound = heard(page)
    assert len(kept) > RATE
    assert np.array_equal(sound[len(sound) - len(kept) :], kept)
    page.locator("[data-notice=limit] [data-act=insist]").click()
    state(page, "stopped")
    check_whole(house, page)


def test_other_microphone_takes_over_at_once(page, house):
    record(page, 2)
    page.click(".recorder-more summary")
    page.check("[name=noiseSuppression]")
    page.wait_for_function("() => document.querySelector('scribe-recorder').recorder.microphone?.track")
    settings = "document.querySelector('scribe-recorder').recorder.microphone.track.getConstraints()"
    assert page.evaluate(settings)["noiseSuppression"] is True
    state(page, "recording")
    recorded(page, 4)
    stop(page)
    check_whole(house, page)
    page.reload()
    ready(page)
    assert page.is_checked("[name=noiseSuppression]")


def test_second_tab_does_not_record_the_same_capture(page, house):
    record(page, 2)
    second = opened(page.context, house)
    state(second, "elsewhere")
    assert not second.locator("[data-act=record]:visible").count()
    stop(page)
    state(second, "idle")


def test_other_sessions_page_sends_what_is_left_and_leads_back(page, house):
    record(page, 2)
    house.kill_web()
    recorded(page, 5)
    page.on("dialog", lambda dialog: dialog.accept())
    house.start_web()
    known = heard(page)
    page.goto(house.live_url(1).replace("/live/", "/"))
    page.wait_for_selector("#captures-left a:visible")
    house.wait(lambda: house.held() > 4 * RATE, "what was left to arrive")
    page.goto(house.live_url(1))
    page.wait_for_selector(".recorder-backlog a")
    assert "The gate" in page.inner_text(".recorder-backlog")
    page.click(".recorder-backlog a")
    state(page, "interrupted")
    press(page, "stopNow")
    state(page, "stopped")
    check_whole(house, page, before=known)


def test_second_device_in_the_same_room_has_no_captions_of_its_own(page, visit, house):
    record(page, 2)
    second = visit()
    ready(second)
    press(second, "record")
    press(second, "sameRoom")
    recorded(second, 1)
    house.wait(lambda: len(house.captures()) == 2, "both to record")
    assert [capture["captioned"] for capture in house.captures()] == [1, 0]


def test_viewer_sees_no_recorder(visit):
    page = visit("vera")
    page.wait_for_selector("#live-lines", state="attached")
    assert page.locator("scribe-recorder").count() == 0


def test_page_without_a_secure_address_says_what_helps(chromium, house, visit):
    rules = [f"--host-resolver-rules=MAP scribe.test 127.0.0.1:{house.port}", "--no-sandbox"]
    browser = chromium.browser_type.launch(executable_path=chromium_path(), args=rules)
    try:
        context = browser.new_context()
        address = f"http://scribe.test:{house.port}"
        context.add_cookies([{**house.cookie("eddie"), "url": address}])
        page = context.new_page()
        page.goto(house.live_url().replace(house.url, address))
        notice(page, "insecure")
        assert page.locator("[data-act=record]").first.is_disabled()
        assert "https://" in page.inner_text("[data-notice=insecure]")
    finally:
        browser.close()


def test_keyboard_records_pauses_and_stops(page, house):
    ready(page)
    page.focus("[data-act=record]")
    page.keyboard.press("Enter")
    recorded(page, 1)
    assert page.evaluate("document.activeElement.dataset.act") == "pause"
    page.keyboard.press("Enter")
    state(page, "paused")
    page.wait_for_function("() => document.activeElement.dataset.act === 'goOn'")
    page.keyboard.press("Enter")
    state(page, "recording")
    page.focus("[data-act=stop]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.act") == "keep"
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.dataset.act === 'pause'")
    stop(page)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_of_it_fits_and_can_be_hit_with_a_thumb(visit, width, scheme):
    page = visit(viewport={"width": width, "height": 740}, color_scheme=scheme, has_touch=width < 500)
    ready(page)
    page.click(".recorder-more summary")
    press(page, "record")
    recorded(page, 1)
    press(page, "stop")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    buttons = page.locator("scribe-recorder button:visible")
    sizes = [buttons.nth(i).bounding_box()["height"] for i in range(buttons.count())]
    assert min(sizes) >= 44, sizes
    assert re.search(r"Recorded\s+0:0\d", page.inner_text(".recorder-pace"))
