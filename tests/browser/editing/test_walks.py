"""The walks through unsure words, unnamed voices and new hearings, and how much of the session is reviewed."""

from __future__ import annotations

from sessions_app.models import Segment, Session

SELECTED = """() => {
    const field = document.querySelector('.editor textarea');
    return field.value.slice(field.selectionStart, field.selectionEnd);
}"""
SHOWN = "() => document.querySelector('.review-progress').textContent"
WORD_MARKED = """() => [...(CSS.highlights.get('review-word') ?? [])].map(String).join(' ')"""


def only_unsure(told: Session, *places: tuple[int, int]) -> None:
    """Makes every word sure but these: position of the line, number of the word."""
    lines = list(told.segments.all())
    for line in lines:
        line.words = [
            [*word[:3], 0.3 if (line.position, number) in places else 0.99]
            for number, word in enumerate(line.words)
        ]
    Segment.objects.bulk_update(lines, ["words"])


def walk(desk, key: str, progress: str) -> None:
    """Goes on with a walk by its key, and waits until it is there."""
    desk.press(key)
    arrived(desk, progress)


def arrived(desk, progress: str) -> None:
    desk.page.wait_for_function(f"(wanted) => ({SHOWN})() === wanted", arg=progress)


def test_unsure_words_are_walked_by_keyboard_whole_blocks_apart(desk, told):
    only_unsure(told, (3, 0), (3, 2), (250, 1))
    desk = desk()
    walk(desk, "w", "1 of 3")
    desk.page.wait_for_selector(f"{desk.line(3)}.reviewed .line-time:focus")
    assert desk.page.evaluate(WORD_MARKED) == desk.at(3).text.split()[0]
    walk(desk, "w", "2 of 3")
    assert desk.page.evaluate(WORD_MARKED) == desk.at(3).text.split()[2]
    walk(desk, "Shift+w", "1 of 3")
    desk.press("Enter")
    arrived(desk, "3 of 3")
    desk.page.wait_for_selector(f"{desk.line(250)}.reviewed .line-time:focus")
    assert desk.at(3).reviewed
    desk.press("Escape")
    desk.page.wait_for_selector(".review", state="hidden")
    assert not desk.page.evaluate(WORD_MARKED)
    assert not desk.at(250).reviewed


def test_unsure_word_is_corrected_on_the_way_and_the_walk_goes_on(desk, told):
    only_unsure(told, (3, 1), (250, 1))
    desk = desk()
    desk.page.evaluate("document.querySelector('audio').pause()")
    walk(desk, "w", "1 of 2")
    desk.press("e")
    desk.editing(desk.line(3))
    assert desk.page.evaluate(SELECTED) == desk.at(3).text.split()[1]
    assert not desk.page.is_visible(".review")  # its buttons are about the word as it was heard
    line, words = desk.line(3), desk.at(3).text.split()
    words[1] = "bijvoorbeeld"
    desk.page.keyboard.type("bijvoorbeeld")
    desk.press("Enter")
    arrived(desk, "2 of 2")
    desk.page.wait_for_selector(f"{desk.line(250)}.reviewed .line-time:focus")
    assert not desk.page.locator(".editor").count()
    desk.stored(line, " ".join(words))
    assert desk.at(3).reviewed


def test_correction_given_up_leaves_the_walk_where_it_is(desk, told):
    only_unsure(told, (3, 1), (250, 1))
    desk = desk()
    before = desk.at(3).text
    walk(desk, "w", "1 of 2")
    desk.press("e")
    desk.editing(desk.line(3))
    desk.page.keyboard.type("x")
    desk.press("Escape")
    desk.page.wait_for_selector(".editor", state="detached")
    arrived(desk, "1 of 2")
    assert desk.page.is_visible(".review")
    assert desk.at(3).text == before


def test_voices_without_a_name_are_walked_and_lead_to_their_naming(desk, told):
    desk = desk()
    walk(desk, "v", "1 of 3")
    name = desk.page.inner_text(".review-says").removesuffix(": who is this?")
    assert name.startswith("Speaker ")
    desk.press("Enter")
    desk.page.wait_for_url("**/voices/**")
    assert desk.page.locator(f":target:has-text('{name}')").count()


def test_new_hearing_is_taken_or_left(desk, told):
    for position, heard in ((4, "Nieuw gehoord."), (8, "Ook nieuw gehoord.")):
        told.segments.filter(position=position).update(
            text="Met de hand.", heard_text=heard, heard_anew=True, reviewed=True
        )
    desk = desk()
    walk(desk, "h", "1 of 2")
    assert "Nieuw gehoord." in desk.page.inner_text(".review-says")
    desk.press("1")
    arrived(desk, "2 of 2")
    desk.press("2")
    desk.page.wait_for_selector(".review", state="hidden")
    assert [desk.at(4).text, desk.at(8).text] == ["Nieuw gehoord.", "Met de hand."]
    assert not told.segments.filter(heard_anew=True).exists()


def test_walk_without_a_place_says_so(desk, told):
    only_unsure(told)
    desk = desk()
    desk.page.click(".walks-menu summary")
    desk.page.click(".walks-menu [data-what=words]")
    desk.page.wait_for_selector("#lines-told:has-text('No word here is unsure.')", state="attached")
    assert not desk.page.is_visible(".review")


def test_share_that_is_reviewed_follows_ones_own_acts(desk, told):
    desk = desk()
    count = desk.page.inner_text(".review-count")
    assert count.startswith("0 of ")
    desk.page.focus(f"{desk.line(1)} .line-time")
    desk.press("r")
    desk.page.wait_for_selector(f".review-count:has-text('{count.replace('0', '1', 1)}')")
    desk.press("u")
    desk.page.wait_for_selector(f".review-count:has-text('{count}')")


def test_keys_are_listed(desk, told):
    desk = desk()
    desk.press("?")
    listed = desk.page.inner_text("#keys")
    for text in ("split the line at the cursor", "the next unsure word", "undo what you did last"):
        assert text in listed
    desk.press("Escape")
    desk.page.wait_for_selector("#keys", state="hidden")
