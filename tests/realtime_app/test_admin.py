"""Captures in the administration: seen, never changed by hand."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from realtime_app.models import Capture
from sessions_app.models import Session, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator_client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin", password="x"))
    return client


def test_list_is_quick_and_a_row_opens(operator_client, campaign, owner, django_assert_max_num_queries):
    for number in range(1, 8):
        session = Session.objects.create(campaign=campaign, number=number)
        capture = Capture.objects.create(session=session, user=owner, key="k", label="Laptop", held=32_000)
    with django_assert_max_num_queries(10):
        page = operator_client.get(reverse("admin:realtime_app_capture_changelist"), {"q": "lap"})
    assert "Laptop" in page.content.decode()
    address = reverse("admin:realtime_app_capture_change", args=[capture.pk])
    assert "2000" in operator_client.get(address).content.decode()
    assert operator_client.post(address, {"label": "Phone"}).status_code == 403
