"""Splitting, joining, removing and restoring lines, and undoing and doing it again."""

from __future__ import annotations

import pytest


def words(desk, position: int) -> list[str]:
    return desk.at(position).text.split()


def test_line_is_split_at_the_cursor_and_the_second_part_is_edited(desk, told):
    desk = desk()
    desk.edit(2)
    desk.replace("Wait here. 🎲 Did you hear that?")
    desk.put_caret(len("Wait here. ") + 3)
    desk.press("Control+Enter")
    desk.page.wait_for_function(
        "() => document.querySelector('.editor textarea')?.value === 'Did you hear that?'"
    )
    parts = list(told.segments.filter(position=2))
    assert [part.text for part in parts] == ["Wait here. 🎲", "Did you hear that?"]
    desk.editing(f"#line-{parts[1].uuid}")
    assert desk.caret() == 0
    assert desk.text(f"#line-{parts[0].uuid}") == "Wait here. 🎲"
    desk.press("Backspace")
    desk.editing(f"#line-{parts[0].uuid}")
    desk.page.wait_for_selector(f"#line-{parts[1].uuid}", state="detached")
    assert desk.typed() == "Wait here. 🎲 Did you hear that?"
    assert told.segments.filter(position=2).count() == 1


def test_split_without_two_parts_says_why_not(desk, told):
    desk = desk()
    desk.edit(2)
    desk.put_caret(0)
    desk.press("Control+Enter")
    desk.page.wait_for_selector(".editor-fault:has-text('between two words')")
    desk.editing(desk.line(2))


@pytest.mark.parametrize("key", ["Delete", "Control+j"])
def test_next_line_is_joined(desk, told, key):
    desk = desk()
    gone, left, right = desk.line(3), desk.at(2).text, desk.at(3).text
    desk.edit(2)
    desk.page.keyboard.type(" And so.")
    desk.press(key)
    desk.page.wait_for_selector(gone, state="detached")
    assert desk.typed() == desk.at(2).text == f"{left} And so. {right}"
    assert desk.caret() == len(left) + len(" And so.")
    desk.page.wait_for_selector(f"{desk.line(2)}.editing")


def test_joining_is_not_offered_where_lines_are_hidden(desk, told):
    desk = desk("?voice=1")
    position = told.segments.filter(voice__number=1).first().position
    desk.edit(position)
    desk.press("Control+j")
    desk.page.wait_for_selector(".editor-fault:has-text('Show all voices')")


def test_removed_line_comes_back_by_undo_and_from_the_list(desk, told):
    desk = desk()
    gone, text = desk.line(2), desk.at(2).text
    desk.edit(2)
    desk.press("Control+Delete")
    desk.editing(desk.line(3))
    desk.page.wait_for_selector(gone, state="detached")
    desk.page.click(".said >> text=Undo")
    desk.page.wait_for_selector(gone)
    desk.press("Escape")
    desk.edit(2)
    desk.press("Control+Delete")
    desk.page.wait_for_selector(gone, state="detached")
    desk.press("Escape")
    desk.page.click("text=1 removed line")
    desk.page.wait_for_selector(f"dialog[open] >> text={text}")
    desk.page.click("dialog[open] >> text=Put back")
    desk.page.wait_for_selector(gone)
    desk.page.wait_for_selector("dialog[open] >> text=No line of this session is removed")
    desk.page.click("dialog[open] >> text=Close")
    desk.page.wait_for_selector("text=1 removed line", state="detached")


def test_own_acts_are_undone_and_done_again_by_keyboard_and_buttons(desk, told):
    desk = desk()
    first, second = desk.at(1).text, desk.at(2).text
    assert desk.page.get_attribute("#undo-own", "aria-disabled") == "true"
    desk.edit(1)
    desk.replace("One.")
    desk.press("Enter")
    desk.editing(desk.line(2))
    desk.replace("Two.")
    desk.press("Shift+Enter")
    desk.stored(desk.line(2), "Two.")
    assert "Two." in desk.page.get_attribute("#undo-own", "title")
    desk.page.wait_for_selector(f"{desk.line(2)} .line-time:focus")
    desk.press("Control+z")
    desk.page.wait_for_selector(f"{desk.line(2)}:has-text('{second}')")
    desk.press("u")
    desk.page.wait_for_selector(f"{desk.line(1)}:has-text('{first}')")
    assert [desk.at(n).text for n in (1, 2)] == [first, second]
    desk.press("Control+Shift+z")
    desk.page.wait_for_selector(f"{desk.line(1)}:has-text('One.')")
    desk.page.click("#redo-own")
    desk.page.wait_for_selector(f"{desk.line(2)}:has-text('Two.')")
    assert desk.page.get_attribute("#redo-own", "aria-disabled") == "true"
    desk.page.reload()
    assert "Two." in desk.page.get_attribute("#undo-own", "title")


def test_what_others_did_is_not_undone(desk, told, owner):
    mine, theirs = desk(), desk(user=owner)
    theirs.edit(1)
    theirs.replace("Theirs.")
    theirs.press("Shift+Enter")
    theirs.stored(theirs.line(1), "Theirs.")
    mine.page.focus(f"{mine.line(5)} .line-time")
    mine.press("u")
    mine.page.wait_for_selector(".said:has-text('nothing to undo')")
    assert mine.at(1).text == "Theirs."


def test_chosen_lines_are_reviewed_and_removed_together(desk, told):
    desk = desk()
    desk.page.focus(f"{desk.line(1)} .line-time")
    desk.press("x", "Shift+ArrowDown", "Shift+ArrowDown")
    desk.page.wait_for_function("() => document.querySelectorAll('.line.chosen').length === 3")
    desk.press("r")
    desk.page.wait_for_selector(f"{desk.line(3)}[data-reviewed]")
    assert told.segments.filter(reviewed=True).count() == 3
    desk.page.focus(f"{desk.line(1)} .line-time")
    desk.press("r")
    desk.page.wait_for_selector(f"{desk.line(1)}:not([data-reviewed])")
    gone = [desk.line(5), desk.line(6)]
    desk.page.focus(f"{gone[0]} .line-time")
    desk.press("x", "Shift+ArrowDown")
    desk.page.wait_for_function("() => document.querySelectorAll('.line.chosen').length === 2")
    desk.page.click(".lines-bar >> text=Remove")
    for line in gone:
        desk.page.wait_for_selector(line, state="detached")
    desk.page.wait_for_selector(".review-share >> text=2 removed lines")


def test_history_tells_what_was_said_and_gives_back_what_the_machine_heard(desk, told):
    desk = desk()
    heard = desk.at(1).text
    desk.edit(1)
    desk.replace("Written by hand.")
    desk.press("Shift+Enter")
    desk.stored(desk.line(1), "Written by hand.")
    desk.press("y")
    desk.page.wait_for_selector("dialog[open] .history-versions >> text=eddie")
    assert heard in desk.page.inner_text("dialog[open] .history-heard")
    desk.page.click("dialog[open] >> text=Take this text")
    desk.page.wait_for_selector("dialog[open]", state="detached")
    desk.page.wait_for_selector(f"{desk.line(1)}:has-text('{heard}')")
    assert desk.at(1).text == heard


def test_keys_act_on_the_current_line_where_none_is_chosen(desk, told):
    desk = desk()
    desk.page.focus(f"{desk.line(4)} .line-time")
    desk.press("s")
    desk.page.wait_for_selector(f"{desk.line(4)}.chosen")
    desk.page.wait_for_selector("[data-act=said-by] .lines-choice:focus")
