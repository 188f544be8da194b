"""Campaign pages in a browser: the cast changes in place, links are copied, colours switch at once and stay."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sessions_app.models import Character, Invitation

pytestmark = pytest.mark.django_db(transaction=True)


def test_cast_is_changed_in_place(open_page, campaign, editor):
    page = open_page(editor)
    page.goto(reverse("party", args=[campaign.uuid]))
    page.evaluate("window.samePage = true")
    page.get_by_text("Add a character").click()
    page.get_by_label("Character name").fill("Mira")
    page.get_by_label("Aliases").fill("x" * 121)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("An alias has at most").wait_for()
    page.get_by_label("Aliases").fill("Mi, the Wise")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Mira").wait_for()
    page.get_by_text("also Mi, the Wise").wait_for()
    page.get_by_text("Add a character").wait_for()

    page.get_by_role("link", name="Change Mira").click()
    page.get_by_label("Character name").fill("Nobody")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Change Mira").click()
    page.get_by_label("Race").fill("elf")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("elf", exact=True).wait_for()
    assert Character.objects.get().name == "Mira"

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("link", name="Delete Mira").click()
    assert Character.objects.exists()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Delete Mira").click()
    page.get_by_role("heading", name="Mira").wait_for(state="detached")
    assert not Character.objects.exists()
    assert page.evaluate("window.samePage")


def test_cast_is_changed_without_scripts(open_page, campaign, editor):
    page = open_page(editor, java_script_enabled=False)
    page.goto(reverse("party", args=[campaign.uuid]))
    page.get_by_text("Add a character").click()
    page.get_by_label("Character name").fill("Mira")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Delete Mira").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("Mira is no longer in the party").wait_for()


def test_refusal_is_said_aloud(open_page, campaign, editor):
    character = Character.objects.create(party=campaign.party, name="Mira")
    page = open_page(editor)
    page.goto(reverse("party", args=[campaign.uuid]))
    campaign.memberships.filter(user=editor).update(role="viewer")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Delete Mira").click()
    page.get_by_text("You may not do that").wait_for()
    assert Character.objects.filter(pk=character.pk).exists()


def test_colours_switch_at_once_and_stay(open_page, campaign, owner):
    page = open_page(owner, color_scheme="light")
    page.goto(reverse("campaign-list"))
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_text("olga").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_colours_switch_without_scripts(open_page, campaign, owner):
    page = open_page(owner, java_script_enabled=False)
    page.goto(campaign.get_absolute_url())
    page.get_by_text("olga").click()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.url.endswith(campaign.get_absolute_url())


def test_colours_of_voices_reach_scripts_resolved(open_page, campaign, owner):
    page = open_page(owner, color_scheme="dark")
    page.goto(reverse("campaign-list"))
    colour = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--voice-1')")
    assert colour.startswith("rgb(")


def test_newcomer_follows_a_link_into_the_campaign(open_page, campaign, owner):
    page = open_page(owner)
    page.goto(reverse("member-list", args=[campaign.uuid]))
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Invitation link").input_value()
    newcomer = open_page()
    newcomer.goto(link)
    form = newcomer.locator("section", has_text="New here")
    form.get_by_label("Username").fill("nina")
    form.get_by_label("Password:", exact=True).fill("seven quiet lanterns")
    form.get_by_label("The same password again").fill("seven quiet lanterns")
    form.get_by_role("button").click()
    newcomer.get_by_text("Welcome to “The Sunken Keep”").wait_for()
    assert Invitation.objects.get().used == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen(width, open_page, campaign, session, owner):
    Character.objects.create(party=campaign.party, name="Mira" * 20, aliases=["x" * 100])
    Invitation.objects.create(campaign=campaign)
    campaign.name = "W" * 120
    campaign.save()
    page = open_page(owner, viewport={"width": width, "height": 800})
    for name in (
        "campaign-detail",
        "campaign-edit",
        "member-list",
        "party",
        "party-import",
        "session-create",
    ):
        page.goto(reverse(name, args=[campaign.uuid]))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.goto(reverse("campaign-list"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
