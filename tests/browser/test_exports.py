"""The Download menu and the figures in a real browser, with and without scripts, on a desk and on a phone."""

import pytest

from tests.sessions_app.transcripts.telling import tell

SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}


@pytest.fixture
def told(transactional_db, session):
    tell(session, lines=130, voices=3)
    session.segments.filter(position__lt=65).update(label="IC")
    session.segments.filter(position__gte=65).update(label="OOC")
    return session


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scripts", [True, False])
def test_part_is_chosen_above_the_formats(open_page, viewer, told, screen, scripts):
    page = open_page(viewer, viewport=SCREENS[screen], java_script_enabled=scripts)
    page.goto(told.get_absolute_url())
    page.locator(".export-menu > summary").click()

    def offered():
        return [
            link.get_attribute("href").partition("/export/")[2]
            for link in page.locator(".export-list a:visible").all()
        ]

    assert offered()[0] == "txt/"
    for value in ("story", "table"):
        page.locator(f".export-choice label:has([value={value}])").click()
        assert offered() == [f"{name}/?show={value}" for name in ("txt", "md", "srt", "vtt", "json", "rttm")]
    menu = page.locator(".export-menu > .menu-items").bounding_box()
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= SCREENS[screen]["width"]


def test_figures_are_fetched_when_the_fold_is_opened_and_lead_to_their_scenes(open_page, viewer, told):
    page = open_page(viewer, viewport=SCREENS["phone"])
    page.goto(told.get_absolute_url())
    assert page.locator(".figure-row").count() == 0
    page.locator("#figures > summary").click()
    page.wait_for_selector(".figure-row")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".figure-scenes a").first.click()
    page.wait_for_url("**/*#line-*")
    assert page.locator(".line.linked").count() == 1


def test_without_scripts_the_figures_have_a_page(open_page, viewer, told):
    page = open_page(viewer, viewport=SCREENS["phone"], java_script_enabled=False)
    page.goto(told.get_absolute_url())
    page.locator("#figures > summary").click()
    page.locator("#figures a").click()
    assert page.locator(".figure-row").count() > 3
