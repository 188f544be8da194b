"""The cast: added, changed and deleted in place, and carried as a file."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sessions_app.models import Character
from tests.conftest import FIXTURES

FIELDS = {"name": "Mira", "role": "player", "player_name": "Sofie", "aliases": "Mira the Wise, Mi,, Mi"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def mira(campaign) -> Character:
    return Character.objects.create(party=campaign.party, name="Mira", aliases=["Mi", "the Wise"])


def test_adding_without_scripts_leads_back_to_the_cast(editor_client, campaign):
    response = editor_client.post(reverse("character-create", args=[campaign.uuid]), FIELDS)
    assert response["Location"] == reverse("party", args=[campaign.uuid])
    assert Character.objects.get().aliases == ["Mira the Wise", "Mi"]


def test_adding_in_place_answers_with_the_card_and_room_for_the_next(editor_client, campaign):
    response = editor_client.post(reverse("character-create", args=[campaign.uuid]), FIELDS, headers=HTMX)
    page = response.content.decode()
    assert "Sofie" in page
    assert 'id="character-add"' in page
    assert "<html" not in page


def test_faulty_form_in_place_answers_422_with_the_form(editor_client, campaign):
    response = editor_client.post(
        reverse("character-create", args=[campaign.uuid]), {**FIELDS, "name": ""}, headers=HTMX
    )
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()
    assert not Character.objects.exists()


def test_aliases_are_written_with_commas(editor_client, mira):
    page = editor_client.get(reverse("character-edit", args=[mira.uuid]), headers=HTMX).content.decode()
    assert 'value="Mi, the Wise"' in page


@pytest.mark.parametrize("aliases", [",".join(map(str, range(21))), "x" * 121])
def test_too_many_or_too_long_aliases_are_refused(aliases, editor_client, campaign):
    response = editor_client.post(
        reverse("character-create", args=[campaign.uuid]), {**FIELDS, "aliases": aliases}
    )
    assert "aliases" in response.context["form"].errors


def test_changing_in_place_answers_with_the_card(editor_client, mira):
    response = editor_client.post(reverse("character-edit", args=[mira.uuid]), FIELDS, headers=HTMX)
    assert f'id="character-{mira.uuid}"' in response.content.decode()
    assert 'id="character-add"' not in response.content.decode()
    mira.refresh_from_db()
    assert mira.player == "Sofie"


def test_member_of_the_campaign_can_be_the_player(editor_client, mira, viewer):
    editor_client.post(reverse("character-edit", args=[mira.uuid]), {**FIELDS, "member": viewer.pk})
    mira.refresh_from_db()
    assert mira.player == "vera"


def test_nobody_else_can_be_the_player(editor_client, mira, outsider):
    response = editor_client.post(
        reverse("character-edit", args=[mira.uuid]), {**FIELDS, "member": outsider.pk}
    )
    assert "member" in response.context["form"].errors
    page = editor_client.get(reverse("character-edit", args=[mira.uuid])).content.decode()
    assert "otto" not in page


def test_deleting_in_place_answers_with_nothing(editor_client, mira):
    response = editor_client.post(reverse("character-delete", args=[mira.uuid]), headers=HTMX)
    assert (response.status_code, response.content) == (200, b"")
    assert not Character.objects.exists()


def test_deleting_without_scripts_asks_once(editor_client, mira):
    address = reverse("character-delete", args=[mira.uuid])
    assert "Take Mira out" in editor_client.get(address).content.decode()
    editor_client.post(address)
    assert not Character.objects.exists()


def test_viewer_sees_the_cast_without_what_changes_it(viewer_client, mira):
    page = viewer_client.get(reverse("party", args=[mira.party.campaign.uuid])).content.decode()
    assert "the Wise" in page
    assert reverse("character-edit", args=[mira.uuid]) not in page
    assert "character-add" not in page


def test_export_is_a_file(viewer_client, mira):
    response = viewer_client.get(reverse("party-export", args=[mira.party.campaign.uuid]))
    assert response["Content-Disposition"] == 'attachment; filename="the-sunken-keep.json"'
    assert json.loads(response.content)["characters"][0]["name"] == "Mira"


@pytest.mark.parametrize(("mode", "size"), [("add", 5), ("replace", 4)])
def test_import_adds_or_replaces(mode, size, editor_client, campaign):
    Character.objects.create(party=campaign.party, name="Nobody in the file")
    content = (FIXTURES / "party_en.json").read_bytes()
    file = SimpleUploadedFile("party.json", content)
    address = reverse("party-import", args=[campaign.uuid])
    response = editor_client.post(address, {"file": file, "mode": mode})
    assert response["Location"] == reverse("party", args=[campaign.uuid])
    assert campaign.party.characters.count() == size


@pytest.mark.parametrize("content", [b"no json", b"{}", b" " * 300_000], ids=["text", "object", "large"])
def test_import_of_something_else_says_what_is_wrong(content, editor_client, campaign):
    address = reverse("party-import", args=[campaign.uuid])
    response = editor_client.post(address, {"file": SimpleUploadedFile("p.json", content), "mode": "replace"})
    assert response.context["form"].errors["file"]
