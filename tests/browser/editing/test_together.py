"""Two browsers edit one session through a real web process and its sockets; the process dies and comes back."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.browser.house import House

pytestmark = pytest.mark.processes

TELL = """
    from sessions_app.models import Session
    from tests.sessions_app.transcripts.telling import tell
    tell(Session.objects.get(uuid="{session}"), lines=130, voices=3)
"""


@pytest.fixture
def house(built_house) -> House:
    built_house.new_evening()
    built_house.python(TELL.format(session=UUID(built_house.sessions[0])))
    return built_house


@pytest.fixture
def visit(chromium, house):
    """Opens the transcript as ``name``, and waits until the page hears of changes."""
    contexts = []

    def visited(name="eddie"):
        context = chromium.new_context(base_url=house.url)
        context.set_default_timeout(30_000)
        contexts.append(context)
        context.add_cookies([house.cookie(name)])
        page = context.new_page()
        with page.expect_websocket() as socket:
            page.goto(f"/sessions/{UUID(house.sessions[0])}/")
        assert socket.value.url.endswith(f"/ws/sessions/{UUID(house.sessions[0])}/")
        page.wait_for_selector(".line")
        return page

    yield visited
    for context in contexts:
        context.close()


def edit(page, number: int, text: str) -> None:
    page.locator(".line-time").nth(number).focus()
    page.keyboard.press("e")
    page.wait_for_selector(".editor textarea:focus")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_what_one_writes_the_others_see_without_asking(visit):
    one, other, reader = visit(), visit(), visit("vera")
    edit(one, 3, "Written by the one.")
    one.keyboard.press("Shift+Enter")
    for page in (other, reader):
        page.wait_for_selector(".line:has-text('Written by the one.')")
    edit(other, 5, "Written by the other.")
    other.keyboard.press("Shift+Enter")
    one.wait_for_selector(".line:has-text('Written by the other.')")
    one.keyboard.press("u")
    for page in (other, reader):  # both browsers are one person's, whose last act it was
        page.wait_for_selector(".line:has-text('Written by the other.')", state="detached")


def test_a_line_that_both_write_shows_both_texts(visit):
    one, other = visit(), visit()
    edit(one, 3, "Mine.")
    edit(other, 3, "Theirs.")
    other.keyboard.press("Shift+Enter")
    one.wait_for_selector(".clash:has-text('Theirs.')")
    assert one.input_value(".editor textarea") == "Mine."
    one.click(".clash >> text=Keep mine")
    other.wait_for_selector(".line:has-text('Mine.')")


def test_a_web_process_that_dies_takes_no_letter_along(visit, house):
    one, other = visit(), visit()
    edit(one, 3, "Typed while nobody answered.")
    house.kill_web()
    one.keyboard.press("Shift+Enter")
    one.wait_for_selector(".unsent-notice:not([hidden])")
    house.start_web()
    other.wait_for_selector(".line:has-text('Typed while nobody answered.')", timeout=90_000)
    one.wait_for_selector(".unsent-notice", state="hidden")
