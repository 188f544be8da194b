"""A login that ended leads to the login page, and never puts it into the middle of an open page."""

from __future__ import annotations

import pytest
from django.urls import reverse


@pytest.mark.django_db
def test_page_leads_to_the_login_and_back(client):
    answer = client.get(reverse("campaign-list"))
    assert answer.status_code == 302
    assert answer.url == f"{reverse('login')}?next={reverse('campaign-list')}"


def test_fragment_is_refused_once_the_login_has_ended(client, session):
    answer = client.get(reverse("run-panel", args=[session.uuid]), headers={"HX-Request": "true"})
    assert answer.status_code == 403
