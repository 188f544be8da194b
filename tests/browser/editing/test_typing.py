"""Editing the text of lines from the keyboard, by double click and on a phone."""

from __future__ import annotations

import pytest

PAUSED = "document.querySelector('audio').paused"
PHONE = {"width": 360, "height": 740}


def test_viewer_is_offered_nothing(desk, told, viewer):
    desk = desk(user=viewer)
    desk.page.dblclick(f"{desk.line(1)} .line-text")
    desk.page.focus(f"{desk.line(1)} .line-time")
    desk.press("e")
    assert desk.page.locator(".editor, .line-edit, #editing, .own-acts").count() == 0


def test_line_is_edited_and_the_next_one_comes(desk, told):
    desk = desk()
    first, second = desk.line(1), desk.line(2)
    before = desk.at(1).text
    desk.edit(1)
    assert desk.typed() == before
    desk.replace("Elara opens the door.")
    desk.press("Enter")
    desk.editing(second)
    desk.stored(first, "Elara opens the door.")
    assert desk.text(first) == "Elara opens the door."
    assert (desk.at(1).heard_text, desk.at(1).reviewed) == (before, True)
    desk.press("Escape")
    desk.page.wait_for_selector(".editor", state="detached")
    desk.page.wait_for_selector(f"{second} .line-time:focus")
    desk.page.wait_for_selector(f"{first}[data-edited] .line-state[title=Edited]")
    assert desk.page.inner_text("#lines-told") == "Saved"


def test_line_that_is_right_is_reviewed_with_enter(desk, told):
    desk = desk()
    desk.edit(1)
    desk.press("Enter", "Enter")
    desk.editing(desk.line(3))
    desk.page.wait_for_selector(f"{desk.line(2)}[data-reviewed]")
    assert [desk.at(n).reviewed for n in (1, 2, 3)] == [True, True, False]
    assert not desk.at(1).is_edited
    desk.page.wait_for_selector(".review-share[data-reviewed='2']")


@pytest.mark.parametrize("key", ["Shift+Enter", "Control+s"])
def test_save_and_stop(desk, told, key):
    desk = desk()
    desk.edit(1)
    desk.replace("Nobody moves.")
    desk.press(key)
    desk.page.wait_for_selector(".editor", state="detached")
    desk.stored(desk.line(1), "Nobody moves.")
    desk.page.wait_for_selector(f"{desk.line(1)} .line-time:focus")


def test_escape_puts_aside_what_was_typed_and_gives_it_back(desk, told):
    desk = desk()
    before = desk.at(1).text
    desk.edit(1)
    desk.replace("Half a tho")
    desk.press("Escape")
    desk.page.click("text=Take back what was typed")
    desk.editing(desk.line(1))
    assert desk.typed() == "Half a tho"
    desk.press("Escape")
    desk.page.wait_for_selector(".editor", state="detached")
    assert desk.text(desk.line(1)) == desk.at(1).text == before
    desk.edit(1)
    assert desk.typed() == before
    desk.page.click(".aside-note button")
    assert desk.typed() == "Half a tho"


def test_clicking_elsewhere_saves(desk, told):
    desk = desk()
    desk.edit(1)
    desk.replace("The lamp goes out.")
    desk.page.click(f"{desk.line(5)} .line-text")
    desk.page.wait_for_selector(".editor", state="detached")
    desk.stored(desk.line(1), "The lamp goes out.")


def test_arrows_go_on_to_the_lines_beside_and_save(desk, told):
    desk = desk()
    desk.edit(2)
    desk.replace("A short one.")
    desk.press("ArrowDown")
    desk.editing(desk.line(3))
    desk.stored(desk.line(2), "A short one.")
    desk.put_caret(0)
    desk.press("ArrowUp")
    desk.editing(desk.line(2))
    assert not desk.at(3).reviewed


def test_arrows_stay_within_a_text_of_several_rows(desk, told):
    desk = desk()
    desk.edit(2)
    desk.replace("many words " * 30)
    desk.put_caret(150)
    desk.press("ArrowUp")
    desk.editing(desk.line(2))
    assert 0 < desk.caret() < 150


def test_double_click_edits_with_the_cursor_behind_the_word(desk, told):
    desk = desk()
    line = desk.line(1)
    desk.page.dblclick(f"{line} .line-text", position={"x": 8, "y": 12})
    desk.editing(line)
    first = desk.at(1).text.split()[0]
    assert desk.caret() == len(first)


def test_pencil_opens_the_editor(desk, told):
    desk = desk()
    desk.page.hover(desk.line(3))
    desk.page.click(f"{desk.line(3)} .line-edit")
    desk.editing(desk.line(3))


def test_line_without_words_gets_some(desk, told):
    desk = desk()
    desk.edit(39)
    assert desk.typed() == ""
    desk.page.keyboard.type("He whispers.")
    desk.press("Shift+Enter")
    desk.stored(desk.line(39), "He whispers.")
    desk.page.wait_for_selector(f"{desk.line(39)}:not(.unheard)")


def test_empty_text_is_refused_with_what_to_do_instead(desk, told):
    desk = desk()
    desk.edit(1)
    desk.replace(" ")
    desk.press("Enter")
    desk.page.wait_for_selector(".editor-fault:has-text('Remove it instead')")
    desk.editing(desk.line(1))


def test_editor_looks_like_its_line(desk, told):
    desk = desk()
    line = desk.line(2)
    measured = """([selector, line]) => {
        const element = document.querySelector(selector);
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const left = box.left + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
        const top = box.top - document.querySelector(line).getBoundingClientRect().top;
        return [left, top, style.fontSize, style.fontFamily, style.lineHeight];
    }"""
    before = desk.page.evaluate(measured, [f"{line} .line-text", line])
    desk.edit(2)
    after = desk.page.evaluate(measured, [".editor textarea", line])
    assert abs(before[0] - after[0]) < 2
    assert abs(before[1] - after[1]) < 4
    assert before[2:] == after[2:]


def test_field_grows_and_pushes_the_next_line_down(desk, told):
    desk = desk()
    desk.edit(2)
    desk.replace("many words " * 60)
    boxes = desk.page.evaluate(
        f"""() => [document.querySelector('.editor'), document.querySelector('{desk.line(3)}')]
            .map((element) => element.getBoundingClientRect()).map(({{top, bottom}}) => [top, bottom])"""
    )
    assert boxes[0][1] - boxes[0][0] > 200
    assert boxes[0][1] <= boxes[1][0] + 1


def test_sound_of_the_line_plays_pauses_while_typing_and_goes_on(desk, told):
    desk = desk()
    desk.edit(4)
    line = desk.at(4)
    desk.page.wait_for_function(f"() => !{PAUSED}")
    desk.page.wait_for_function(
        f"() => document.querySelector('audio').currentTime * 1000 > {line.start_ms + 400}"
    )
    desk.page.keyboard.type("x")
    assert desk.page.evaluate(PAUSED)
    desk.page.wait_for_function(f"() => !{PAUSED}")
    desk.page.wait_for_function(f"() => {PAUSED}")
    assert desk.page.evaluate("document.querySelector('audio').currentTime") * 1000 < line.end_ms + 400
    desk.press("Control+ ")
    desk.page.wait_for_function(f"() => !{PAUSED}")
    desk.press("Control+[")
    assert desk.page.evaluate("document.querySelector('audio').playbackRate") == 0.75


def test_sound_while_editing_can_be_switched_off_for_good(desk, told):
    desk = desk()
    desk.edit(4)
    desk.page.uncheck(".editor-sounding input")
    desk.page.focus(".editor textarea")
    desk.press("Shift+Enter")
    desk.page.reload()
    desk.page.wait_for_function("() => document.querySelector('audio').readyState >= 1")
    desk.edit(5)
    assert desk.page.evaluate(PAUSED)
    assert not desk.page.is_checked(".editor-sounding input")


def test_keys_belong_to_the_field_being_typed_in(desk, told):
    desk = desk()
    desk.edit(1)
    desk.replace("jkx 123 u? e")
    assert desk.typed() == "jkx 123 u? e"
    assert desk.page.locator(".line.chosen, dialog[open]").count() == 0


def test_on_a_phone_a_line_is_edited_from_the_bar_of_the_chosen_line(desk, told):
    desk = desk(viewport=PHONE, has_touch=True, is_mobile=True)
    desk.page.tap("#choose-lines")
    desk.page.tap(f"{desk.line(2)} .line-text")
    desk.page.tap(".lines-bar >> text=Edit")
    desk.editing(desk.line(2))
    size = desk.page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.editor textarea')).fontSize)"
    )
    assert size >= 16
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in desk.page.locator(".editor-tools button").all():
        box = button.bounding_box()
        assert box["height"] >= 44
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]
        assert 0 <= box["y"] <= box["y"] + box["height"] <= PHONE["height"]
    desk.replace("From a phone.")
    desk.page.tap(".editor-tools >> text=Done")
    desk.stored(desk.line(2), "From a phone.")


def test_as_the_machine_heard_it_nothing_is_edited(desk, told):
    desk = desk("?heard=1")
    desk.page.focus(f"{desk.line(1)} .line-time")
    desk.press("e")
    desk.page.dblclick(f"{desk.line(2)} .line-text")
    assert desk.page.locator(".editor").count() == 0
