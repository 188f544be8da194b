"""In which language pages are."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def heading(client, language: str) -> tuple[str, str]:
    page = client.get(reverse("campaign-list"), headers={"Accept-Language": language})
    return page.headers["Content-Language"], page.content.decode()


@pytest.mark.parametrize(
    ("asked", "given"), [("nl-BE,nl;q=0.9,en;q=0.5", "nl"), ("en-GB", "en"), ("fr", "en")]
)
def test_a_browser_is_answered_in_its_language(client, viewer, asked, given):
    client.force_login(viewer)
    language, page = heading(client, asked)
    assert language == given
    assert f'<html lang="{given}"' in page
    assert ("Campagnes" in page) is (given == "nl")


def test_a_strangers_login_page_is_in_the_browsers_language(client):
    page = client.get(reverse("login"), headers={"Accept-Language": "nl"}).content.decode()
    assert "Wachtwoord" in page


@pytest.mark.parametrize(("chosen", "asked"), [("nl", "en"), ("en", "nl")])
def test_what_a_person_chose_wins(client, viewer, chosen, asked):
    client.force_login(viewer)
    client.post(reverse("account"), {"first_name": "Vera", "email": "", "interface_language": chosen})
    assert heading(client, asked)[0] == chosen
    client.post(reverse("account"), {"first_name": "Vera", "email": "", "interface_language": ""})
    assert heading(client, asked)[0] == asked


def test_one_persons_choice_is_not_the_next_ones(client, viewer, editor):
    viewer.interface_language = "nl"
    viewer.save()
    client.force_login(viewer)
    assert heading(client, "en")[0] == "nl"
    client.force_login(editor)
    assert heading(client, "en")[0] == "en"
