"""What is typed is never lost: reload, no connection, a server in trouble, a lost login, a full browser."""

from __future__ import annotations

import re

import pytest

from sessions_app.models import Membership, Role

TEXTS = re.compile(r"/text/$")
UNLOAD = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))"


def test_reload_in_the_middle_of_typing_loses_no_letter(desk, told):
    desk = desk()
    desk.edit(1)
    desk.replace("Half a sentence th")
    desk.page.reload()
    desk.page.wait_for_selector(f"{desk.line(1)}:has-text('Half a sentence th')")
    desk.stored(desk.line(1), "Half a sentence th")


def test_crashed_tab_loses_no_letter(desk, told):
    desk = desk()
    other = desk.page.context.new_page()
    desk.edit(1)
    desk.page.route(TEXTS, lambda route: route.abort())
    desk.replace("Before the crash")
    desk.page.evaluate(
        """() => {
            for (const key of Object.keys(localStorage)) if (key.startsWith('scribe.tab.')) localStorage[key] = '1';
        }"""
    )
    kept = desk.page.evaluate("() => JSON.stringify(localStorage)")
    assert "Before the crash" in kept
    desk.page.context.set_offline(True)
    desk.page.close(run_before_unload=False)
    other.context.set_offline(False)
    other.goto(told.get_absolute_url())
    desk.page = other
    desk.stored(desk.line(1), "Before the crash")


def test_another_tab_leaves_alone_what_is_being_typed(desk, told):
    desk = desk()
    before = desk.at(1).text
    desk.edit(1)
    desk.replace("Still at it")
    other = desk.page.context.new_page()
    other.goto(told.get_absolute_url())
    other.wait_for_selector("#undo-own")
    other.wait_for_function(
        "() => Object.keys(localStorage).filter((key) => key.startsWith('scribe.tab.')).length === 2"
    )
    assert other.text_content(f"{desk.line(1)} .line-text").strip() == before


def test_offline_edits_wait_in_their_lines_and_are_sent_in_order(desk, told):
    desk = desk()
    lines = [desk.line(n) for n in (1, 2, 3)]
    sent = []
    desk.page.on("request", lambda request: TEXTS.search(request.url) and sent.append(request.url))
    desk.edit(1)
    desk.page.context.set_offline(True)
    for number in range(3):
        desk.replace(f"Written offline {number}.")
        desk.press("Enter")
        desk.editing(desk.line(number + 2))
    desk.press("Escape")
    for number, line in enumerate(lines):
        desk.page.wait_for_selector(f"{line}.unsaved:has-text('Written offline {number}.')")
    assert desk.page.get_attribute(f"{lines[0]} .line-text", "data-unsaved") == "not saved yet"
    desk.page.wait_for_selector(".unsent-notice:has-text('No connection')")
    assert not desk.page.is_visible(".unsent-notice a")
    assert not desk.page.evaluate(UNLOAD), "they are safe: nobody is kept from leaving"
    sent.clear()
    desk.page.context.set_offline(False)
    for number, line in enumerate(lines):
        desk.stored(line, f"Written offline {number}.")
    assert [line[6:] in url for line, url in zip(lines, sent, strict=True)] == [True] * 3
    desk.page.wait_for_selector(".line.unsaved", state="detached")
    desk.page.wait_for_selector(".unsent-notice", state="hidden")


def test_offline_edits_survive_a_reload(desk, told):
    desk = desk()
    desk.edit(1)
    desk.page.route(TEXTS, lambda route: route.abort())
    desk.replace("Kept on this device.")
    desk.press("Shift+Enter")
    desk.page.wait_for_selector(".unsent-notice:not([hidden])")
    desk.page.reload()
    desk.page.wait_for_selector(f"{desk.line(1)}.unsaved:has-text('Kept on this device.')")
    desk.page.unroute(TEXTS)
    desk.page.click(".unsent-notice >> text=Try again")
    desk.stored(desk.line(1), "Kept on this device.")


def test_server_in_trouble_is_asked_again(desk, told):
    desk = desk()
    trouble = {"left": 2}

    def answer(route):
        if trouble["left"]:
            trouble["left"] -= 1
            route.fulfill(status=503, body="Not now.")
        else:
            route.continue_()

    desk.page.route(TEXTS, answer)
    desk.edit(1)
    desk.replace("At the third attempt.")
    desk.press("Shift+Enter")
    desk.page.wait_for_selector(f"{desk.line(1)}.unsaved")
    desk.stored(desk.line(1), "At the third attempt.")
    assert trouble["left"] == 0


@pytest.mark.parametrize("how", ["signed out", "no editor any more"])
def test_answer_that_forbids_it_keeps_the_text_and_says_what_to_do(desk, told, editor, how):
    desk = desk()
    cookies = desk.page.context.cookies()
    desk.edit(1)
    if how == "signed out":
        desk.page.context.clear_cookies(name="sessionid")
    else:
        Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    desk.replace("Not allowed, not lost.")
    desk.press("Shift+Enter")
    desk.page.wait_for_selector(".unsent-notice:has-text('signed out, or may not edit') a:visible")
    desk.page.wait_for_selector(f"{desk.line(1)}.unsaved:has-text('Not allowed, not lost.')")
    desk.page.context.add_cookies(cookies)
    Membership.objects.filter(user=editor).update(role=Role.EDITOR)
    desk.page.click(".unsent-notice >> text=Try again")
    desk.stored(desk.line(1), "Not allowed, not lost.")


def test_refused_text_stays_on_the_page(desk, told):
    desk = desk()
    refused = '{"said": "That can not be."}'
    desk.page.route(
        TEXTS, lambda route: route.fulfill(status=400, content_type="application/json", body=refused)
    )
    before = desk.at(1).text
    desk.edit(1)
    desk.replace("Refused.")
    desk.press("Shift+Enter")
    desk.page.wait_for_selector(".kept:has-text('That can not be.'):has-text('Refused.')")
    assert desk.text(desk.line(1)) == before
    desk.page.unroute(TEXTS)
    desk.page.click(".kept >> text=Go on editing")
    desk.editing(desk.line(1))
    assert desk.typed() == "Refused."


def test_browser_that_keeps_nothing_says_so_and_asks_before_leaving(desk, told):
    desk = desk()
    desk.page.evaluate(
        """() => {
            Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
        }"""
    )
    desk.page.route(TEXTS, lambda route: route.abort())
    desk.edit(1)
    assert not desk.page.evaluate(UNLOAD)
    desk.replace("Nowhere kept.")
    desk.page.wait_for_selector(".said.failed:has-text('keeps nothing')")
    assert desk.page.evaluate(UNLOAD)
    desk.press("Shift+Enter")
    desk.page.unroute(TEXTS)
    desk.page.click(".unsent-notice >> text=Try again")
    desk.page.wait_for_selector(".unsent-notice", state="hidden")
    assert desk.at(1).text == "Nowhere kept."
    assert not desk.page.evaluate(UNLOAD)


def test_split_without_a_connection_says_so_and_keeps_the_editor(desk, told):
    desk = desk()
    desk.edit(1)
    desk.page.context.set_offline(True)
    desk.put_caret(desk.at(1).text.index(" ") + 1)
    desk.press("Control+Enter")
    desk.page.wait_for_selector(".editor-fault:has-text('needs the connection')")
    desk.editing(desk.line(1))
