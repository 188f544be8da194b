"""Two people at once, and pages that change under an open editor."""

from __future__ import annotations

CHANGED = "document.body.dispatchEvent(new CustomEvent('lines-changed'))"
ALL_CHANGED = "document.body.dispatchEvent(new CustomEvent('transcript-changed'))"


def write(told, position, text):
    told.segments.filter(position=position).update(text=text)


def test_change_underneath_shows_both_versions_at_once(desk, told, owner):
    mine, theirs = desk(), desk(user=owner)
    mine.edit(1)
    mine.replace("The red door opens slowly.")
    theirs.edit(1)
    theirs.replace("The blue door opens slowly.")
    theirs.press("Shift+Enter")
    theirs.stored(theirs.line(1), "The blue door opens slowly.")
    mine.page.evaluate(CHANGED)
    mine.page.wait_for_selector(".clash:has-text('olga')")
    assert mine.page.inner_text(".clash-mine") == "The red door opens slowly."
    assert mine.page.inner_text(".clash-theirs") == "The blue door opens slowly."
    assert mine.page.locator(".clash-mine ins").all_inner_texts() == ["red"]
    assert mine.page.locator(".clash-theirs ins").all_inner_texts() == ["blue"]
    mine.page.keyboard.type(" Creak.")
    assert mine.typed() == "The red door opens slowly. Creak."
    mine.press("Enter")
    mine.page.wait_for_selector(".clash [data-act=mine]:focus")
    assert mine.at(1).text == "The blue door opens slowly."
    mine.press("Enter")
    mine.stored(mine.line(1), "The red door opens slowly. Creak.")
    mine.editing(mine.line(1))
    assert mine.page.locator(".clash").count() == 0


def test_their_version_is_taken(desk, told):
    desk = desk()
    desk.edit(1)
    desk.replace("Mine.")
    write(told, 1, "Theirs.")
    desk.page.evaluate(CHANGED)
    desk.page.click(".clash >> text=Take theirs")
    desk.editing(desk.line(1))
    assert desk.typed() == "Theirs."
    desk.press("Shift+Enter")
    desk.page.wait_for_selector(".editor", state="detached")
    assert desk.text(desk.line(1)) == desk.at(1).text == "Theirs."


def test_stale_save_overwrites_nobody_and_shows_both(desk, told):
    desk = desk()
    desk.edit(1)
    desk.replace("Mine.")
    write(told, 1, "Theirs.")
    desk.press("Enter")
    desk.editing(desk.line(2))
    desk.page.wait_for_selector(".editing-tray .clash:has-text('Mine.'):has-text('Theirs.')")
    desk.page.wait_for_selector(f"{desk.line(1)}:has-text('Theirs.')")
    assert desk.at(1).text == "Theirs."
    desk.page.reload()
    desk.page.wait_for_selector(".editing-tray .clash:has-text('Mine.')")
    desk.page.click(".editing-tray >> text=Keep mine")
    desk.stored(desk.line(1), "Mine.")
    desk.page.wait_for_selector(".editing-tray", state="hidden")


def test_line_that_nobody_typed_in_yet_follows_the_other(desk, told):
    desk = desk()
    desk.edit(1)
    write(told, 1, "Theirs.")
    desk.page.evaluate(CHANGED)
    desk.page.wait_for_function("() => document.querySelector('.editor textarea').value === 'Theirs.'")
    assert desk.page.locator(".clash").count() == 0


def test_typed_text_stays_when_its_line_is_gone(desk, told):
    desk = desk()
    desk.edit(2)
    desk.replace("Orphaned.")
    told.segments.filter(position=2).delete()
    desk.page.evaluate(CHANGED)
    desk.page.wait_for_selector(".kept:has-text('not there any more'):has-text('Orphaned.')")
    desk.page.wait_for_selector(".kept textarea:focus")
    desk.page.keyboard.type(" Rue dixit.")  # typing goes on in it: "u" undoes nothing, "x" chooses nothing
    assert desk.page.input_value(".kept textarea") == "Orphaned. Rue dixit."
    desk.page.reload()
    desk.page.wait_for_selector(".kept:has-text('Orphaned. Rue dixit.')")
    desk.page.click(".kept >> text=Put it into the line that is there now")
    desk.page.wait_for_selector(".editor")
    assert desk.typed() == "Orphaned. Rue dixit."
    desk.press("Shift+Enter")
    desk.page.wait_for_selector(".line:has-text('Orphaned.')")


def test_open_editor_survives_a_replaced_transcript(desk, told):
    desk = desk("?part=3")
    desk.edit(150)
    desk.page.keyboard.type(" and more")
    desk.put_caret(4)
    desk.page.evaluate(
        """() => {
            document.querySelector('.editor textarea').mine = 'the same';
            document.querySelector('#transcript-body').dataset.old = 'yes';
        }"""
    )
    top = desk.page.locator(".editor").bounding_box()["y"]
    desk.page.evaluate(ALL_CHANGED)
    desk.page.wait_for_selector("#transcript-body:not([data-old])")
    desk.editing(desk.line(150))
    assert desk.page.evaluate("document.querySelector('.editor textarea').mine") == "the same"
    assert desk.caret() == 4
    assert desk.typed().endswith(" and more")
    desk.page.wait_for_function(
        "(top) => Math.abs(document.querySelector('.editor').getBoundingClientRect().top - top) < 40", arg=top
    )
    gap = f"""() => Math.abs(document.querySelector('.editor').getBoundingClientRect().top
        - document.querySelector('{desk.line(150)}').getBoundingClientRect().top) < 8"""
    desk.page.wait_for_function(gap)
    for _ in range(len(" and more")):  # the browser's own undo takes back as much at once as it likes
        desk.press("Control+z")
    assert desk.typed() == desk.at(150).text


def test_editor_stays_on_its_line_when_lines_above_come_and_go(desk, told):
    desk = desk()
    desk.edit(6)
    told.segments.filter(position__in=[1, 3]).delete()
    write(told, 2, "many words " * 40)
    desk.page.evaluate(CHANGED)
    desk.page.wait_for_selector(".line:has-text('many words many')")
    desk.editing(desk.line(6))
    desk.page.wait_for_function(
        f"""() => Math.abs(document.querySelector('.editor').getBoundingClientRect().top
            - document.querySelector('{desk.line(6)}').getBoundingClientRect().top) < 8"""
    )


def test_only_what_is_near_is_fetched_again(desk, told):
    desk = desk()
    for block in (1, 2, 3, 4):
        desk.page.evaluate(f"document.querySelector('#block-{block}').scrollIntoView()")
        desk.page.wait_for_selector(f"#block-{block} .line")
    write(told, 65, "Changed far above.")
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url))
    height = desk.page.evaluate("document.querySelector('#block-1').getBoundingClientRect().height")
    desk.page.evaluate(CHANGED)
    desk.page.wait_for_selector("#block-1 > .block-link", state="attached")
    assert not [url for url in asked if "transcript" in url]
    assert not [url for url in asked if "/lines/60/" in url]
    assert (
        abs(desk.page.evaluate("document.querySelector('#block-1').getBoundingClientRect().height") - height)
        < 2
    )
    desk.page.evaluate("document.querySelector('#block-1').scrollIntoView()")
    desk.page.wait_for_selector(".line:has-text('Changed far above.')")
