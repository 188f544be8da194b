"""Passwords can't be guessed without end, and nobody learns which accounts there are."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone

pytestmark = pytest.mark.django_db

TOO_MANY = 429


@pytest.fixture(autouse=True)
def _guarded(settings):
    settings.AXES_ENABLED = True


def tries(client, name, password="wrong", **more):
    return client.post(reverse("login"), {"username": name, "password": password}, **more)


def guess(client, name, **more):
    return [tries(client, name, **more).status_code for _ in range(django_settings.AXES_FAILURE_LIMIT)]


def test_after_ten_wrong_passwords_even_the_right_one_waits(client, viewer):
    assert guess(client, "vera") == [200] * 9 + [TOO_MANY]
    answer = tries(client, "vera", "correct horse")
    assert answer.status_code == TOO_MANY
    assert "Too many wrong passwords" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_after_a_quarter_of_an_hour_it_can_be_tried_again(client, viewer):
    guess(client, "vera")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert tries(client, "vera", "correct horse").status_code == 302


def test_a_name_that_does_not_exist_is_answered_alike(client, viewer):
    assert guess(client, "nobody") == guess(client, "vera")


def test_others_and_other_places_are_not_kept_out(client, viewer, editor):
    guess(client, "vera")
    assert tries(client, "vera", "correct horse", REMOTE_ADDR="192.0.2.7").status_code == 302
    client.logout()
    assert tries(client, "eddie", "correct horse").status_code == 302


def test_a_login_forgets_what_went_wrong_before(client, viewer):
    for _ in range(3):
        for _ in range(django_settings.AXES_FAILURE_LIMIT - 1):
            tries(client, "vera")
        assert tries(client, "vera", "correct horse").status_code == 302
        client.logout()


def test_a_new_password_by_mail_can_be_used_at_once(client, viewer, mailoutbox):
    guess(client, "vera")
    client.post(reverse("password_reset"), {"email": viewer.email})
    form = client.get(re.search(r"http://testserver(\S+)", mailoutbox[0].body)[1], follow=True)
    new = {"new_password1": "seven quiet lanterns", "new_password2": "seven quiet lanterns"}
    client.post(form.request["PATH_INFO"], new)
    assert tries(client, "vera", "seven quiet lanterns").status_code == 302


def test_the_admins_own_login_is_guarded_too(client, viewer):
    address = reverse("admin:login")
    wrong = {"username": "vera", "password": "wrong"}
    answers = [client.post(address, wrong).status_code for _ in range(django_settings.AXES_FAILURE_LIMIT)]
    assert answers[-1] == TOO_MANY
