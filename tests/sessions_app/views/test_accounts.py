"""Logging in and out, passwords, and how pages look to one person."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from scribe_site.config import get_config


def test_login_leads_to_where_one_was_going(client, owner, campaign):
    address = campaign.get_absolute_url()
    login = client.get(address)["Location"]
    assert (
        client.post(login, {"username": "olga", "password": "correct horse", "next": address})["Location"]
        == address
    )


def test_login_leads_nowhere_else(client, owner):
    data = {"username": "olga", "password": "correct horse", "next": "https://evil.example"}
    assert client.post(reverse("login"), data)["Location"] == reverse("campaign-list")


def test_logout_takes_a_post(owner_client):
    assert owner_client.get(reverse("logout")).status_code == 405
    owner_client.post(reverse("logout"))
    assert owner_client.get(reverse("campaign-list")).status_code == 302


def test_password_is_changed(owner_client, owner):
    new = "seven quiet lanterns"
    data = {"old_password": "correct horse", "new_password1": new, "new_password2": new}
    page = owner_client.post(reverse("password_change"), data, follow=True).content.decode()
    assert "Your password is changed" in page
    owner.refresh_from_db()
    assert owner.check_password(new)


def test_mail_leads_to_the_address_that_members_use_whatever_host_was_asked(
    client, owner, mailoutbox, monkeypatch
):
    config = get_config().model_copy(update={"public_url": "https://scribe.example.org"})
    monkeypatch.setattr("sessions_app.views.accounts.get_config", lambda: config)
    client.post(reverse("password_reset"), {"email": "olga@example.org"}, headers={"host": "evil.local"})
    assert "https://scribe.example.org/password-reset/" in mailoutbox[0].body
    assert "evil" not in mailoutbox[0].body


def test_unknown_address_is_answered_like_a_known_one(client, owner, mailoutbox):
    answers = [
        client.post(reverse("password_reset"), {"email": email})
        for email in ("olga@example.org", "nobody@example.org")
    ]
    known, unknown = [(answer.status_code, answer["Location"], answer.content) for answer in answers]
    assert known == unknown
    assert len(mailoutbox) == 1


def test_forgotten_password_is_chosen_anew_by_mail(client, owner, mailoutbox):
    client.post(reverse("password_reset"), {"email": "olga@example.org"})
    address = re.search(r"http://testserver(\S+)", mailoutbox[0].body)[1]
    assert mailoutbox[0].subject == "A new password for Scribe"
    page = client.get(address, follow=True)
    new = "seven quiet lanterns"
    response = client.post(
        page.request["PATH_INFO"], {"new_password1": new, "new_password2": new}, follow=True
    )
    assert response.status_code == 200
    owner.refresh_from_db()
    assert owner.check_password(new)
    assert "used up" in client.get(address, follow=True).content.decode()


def test_unknown_address_is_told_the_same(client, owner, mailoutbox):
    known = client.post(reverse("password_reset"), {"email": "olga@example.org"})
    unknown = client.post(reverse("password_reset"), {"email": "nobody@example.org"})
    assert known["Location"] == unknown["Location"]
    assert len(mailoutbox) == 1


def test_name_that_others_read_is_changed(owner_client, owner):
    owner_client.post(reverse("account"), {"first_name": "Olga the Bold", "email": ""})
    owner.refresh_from_db()
    assert owner.shown_name == "Olga the Bold"


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_theme_is_kept_and_drawn_by_the_server(theme, client, db):
    response = client.post(reverse("theme"), {"theme": theme, "next": reverse("login")})
    assert response["Location"] == reverse("login")
    assert f'data-theme="{theme}"' in client.get(reverse("login")).content.decode()


def test_theme_takes_nothing_else(client, db):
    response = client.post(reverse("theme"), {"theme": '"><script>', "next": "https://evil.example"})
    assert "theme" not in response.cookies
    assert response["Location"] == reverse("campaign-list")


def test_page_carries_the_policy_and_no_inline_script(client, db):
    response = client.get(reverse("login"))
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*src=)", response.content.decode())
