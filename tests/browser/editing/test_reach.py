"""Editing for the keyboard, for a phone, and after a login in another tab."""

from __future__ import annotations

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FOCUSED = "() => document.activeElement.closest('.line')?.id"
SAID = "#lines-said .said"
WITHIN = """(selector) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return box.left >= 0 && box.right <= innerWidth;
}"""


def test_keyboard_leaves_the_editor_for_its_own_line_and_the_next(desk, told):
    desk = desk()
    desk.edit(3)
    desk.replace("Left backwards.")
    desk.press("Shift+Tab")
    desk.page.wait_for_selector(".editor", state="detached")
    assert f"#{desk.page.evaluate(FOCUSED)}" == desk.line(3)
    desk.stored(desk.line(3), "Left backwards.")
    desk.edit(3)
    parts = desk.page.locator(".editor :is(textarea, button, input):visible").count()
    for _ in range(parts):
        desk.press("Tab")
    desk.page.wait_for_selector(".editor", state="detached")
    assert f"#{desk.page.evaluate(FOCUSED)}" == desk.line(4)


def test_speed_is_changed_from_the_editor(desk, told):
    desk = desk()
    desk.edit(3)
    assert desk.page.inner_text(".editor-speed output") == "1\N{MULTIPLICATION SIGN}"
    desk.press("Control+[")
    desk.page.wait_for_selector(".editor-speed output:text-is('0.75\N{MULTIPLICATION SIGN}')")
    assert desk.page.evaluate("document.querySelector('audio').playbackRate") == 0.75
    desk.page.click(".editor [data-act=faster]")
    desk.page.wait_for_selector(".editor-speed output:text-is('1\N{MULTIPLICATION SIGN}')")
    assert desk.page.is_visible(".editor")


def test_phone_has_everything_within_its_width(desk, told):
    desk = desk(**PHONE)
    desk.page.tap(".walks-menu summary")
    assert desk.page.evaluate(WITHIN, ".walks-menu > .menu-items")
    desk.press("Escape")
    desk.edit(3)
    for part in desk.page.locator(".editor :is(textarea, button, label):visible").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    desk.press("Control+Delete")
    desk.page.wait_for_selector(".said:has-text('removed')")
    message, close = (desk.page.locator(part).bounding_box() for part in (SAID, f"{SAID} [data-act=close]"))
    assert close["y"] + close["height"] <= message["y"] + message["height"]
    assert message["height"] < 90
    desk.press("Escape")
    desk.page.tap("a[data-act=removed]")
    desk.page.wait_for_selector("#line-dialog[open] .removed-list .button")
    assert desk.page.locator(".removed-list .button").bounding_box()["height"] < 60
    assert desk.page.locator(".removed-list .numbers").bounding_box()["height"] < 40


def test_labels_are_taken_after_a_login_in_another_tab(desk, told):
    desk = desk()
    page = desk.page
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.context.add_cookies(
        [{"name": "csrftoken", "value": "n" * 32, "url": page.evaluate("location.origin")}]
    )
    page.focus(f"{desk.line(2)} .line-time")
    desk.press("2")
    page.wait_for_selector(f"{desk.line(2)}[data-label=OOC]")
    assert [request.headers["x-csrftoken"] for request in sent] == ["n" * 32]
