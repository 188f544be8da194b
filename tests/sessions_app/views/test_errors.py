"""Pages for what went wrong: clear, in the house's look, with a way back."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client, override_settings
from django.urls import path, reverse

from scribe_site.urls import urlpatterns as house


def _break(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [*house, path("broken/", _break, name="broken")]


def test_unknown_page_leads_back(owner_client):
    response = owner_client.get(reverse("campaign-detail", args=[uuid4()]))
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert reverse("campaign-list") in response.content.decode()


def test_request_for_another_host_is_refused_under_the_policy(client):
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_forbidden_page_leads_back(viewer_client, campaign):
    response = viewer_client.get(reverse("campaign-edit", args=[campaign.uuid]))
    assert response.status_code == 403
    assert "You may not do that" in response.content.decode()
    assert campaign.name not in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_broken_page_leads_back(owner, caplog):
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    response = client.get("/broken/")
    assert response.status_code == 500
    assert "Something broke" in response.content.decode()
    assert reverse("campaign-list") in response.content.decode()
