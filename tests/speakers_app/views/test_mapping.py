"""The mapping file on the web: taken along by everyone who may see it, read in after a look at what would change."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from speakers_app import decisions
from speakers_app.mapping import write_mapping
from speakers_app.models import Change, Speaker, Verb


@pytest.fixture
def named(campaign, told, editor):
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    return campaign


@pytest.fixture
def address(named) -> str:
    return reverse("mapping-import", args=[named.uuid])


def upload(content: str) -> dict:
    return {"file": SimpleUploadedFile("speakers.json", content.encode())}


def renamed(campaign) -> str:
    return write_mapping(campaign).replace('"Anna"', '"Anneke"')


def agreed(response) -> dict:
    return {name: response.context["form"].initial[name] for name in ("file", "seen")}


def test_export_is_a_file(viewer_client, named):
    response = viewer_client.get(reverse("mapping-export", args=[named.uuid]))
    assert response["Content-Disposition"] == 'attachment; filename="the-sunken-keep-speakers.json"'
    assert json.loads(response.content)["speakers"][0]["name"] == "Anna"


def test_choosing_a_file_shows_what_would_change_and_changes_nothing(editor_client, named, address):
    response = editor_client.post(address, upload(renamed(named)))
    page = response.content.decode()
    assert "was called Anna" in page
    assert "1 renamed" in page
    assert Speaker.objects.get().name == "Anna"


def test_agreeing_changes_it_and_leads_to_the_people_where_it_can_be_undone(editor_client, named, address):
    preview = editor_client.post(address, upload(renamed(named)))
    response = editor_client.post(address, agreed(preview), follow=True)
    assert response.redirect_chain[0][0] == reverse("speaker-list", args=[named.uuid])
    page = response.content.decode()
    assert "Read in: 1 renamed." in page
    change = Change.objects.get(verb=Verb.IMPORT)
    assert reverse("change-undo", args=[change.uuid]) in page
    editor_client.post(reverse("change-undo", args=[change.uuid]))
    assert Speaker.objects.get().name == "Anna"


def test_file_that_changes_nothing_says_so(editor_client, named, address):
    page = editor_client.post(address, upload(write_mapping(named))).content.decode()
    assert "Nothing would change" in page


def test_what_was_not_shown_is_not_done(editor_client, named, told, editor, address):
    text = write_mapping(named).replace('"name": null', '"name": "Anna"', 1)
    preview = editor_client.post(address, upload(text))
    decisions.name_voice(told.voices.get(number=2), "Tom", editor)
    response = editor_client.post(address, agreed(preview))
    assert "Something was changed meanwhile" in response.content.decode()
    assert not Change.objects.filter(verb=Verb.IMPORT).exists()


@pytest.mark.parametrize("agrees", [False, True], ids=["chosen", "agreed"])
def test_faults_are_listed_as_text(agrees, editor_client, named, address):
    text = renamed(named).replace('"character": null', '"character": "<b>Bo</b>"', 1)
    response = editor_client.post(address, {"file": text, "seen": "x"} if agrees else upload(text))
    page = response.content.decode()
    assert "“&lt;b&gt;Bo&lt;/b&gt;” is not in the party" in page
    assert "(line 13)" in page
    assert Speaker.objects.get().name == "Anna"


@pytest.mark.parametrize(
    "content", ["no json", "{}", " " * 2_000_001, "\x00"], ids=["text", "object", "large", "nul"]
)
def test_something_else_is_refused(content, editor_client, address):
    assert "nothing was changed" in editor_client.post(address, upload(content)).content.decode()


def test_no_file_is_said(editor_client, address):
    assert "nothing was changed" in editor_client.post(address, {}).content.decode()


def test_people_page_leads_to_both(editor_client, viewer_client, named, address):
    people = reverse("speaker-list", args=[named.uuid])
    export = reverse("mapping-export", args=[named.uuid])
    page = editor_client.get(people).content.decode()
    assert address in page
    assert export in page
    page = viewer_client.get(people).content.decode()
    assert address not in page
    assert export in page


def test_line_ends_that_browsers_send_do_not_matter(editor_client, named, address):
    data = agreed(editor_client.post(address, upload(renamed(named))))
    editor_client.post(address, {**data, "file": data["file"].replace("\n", "\r\n")})
    assert Speaker.objects.get().name == "Anneke"
