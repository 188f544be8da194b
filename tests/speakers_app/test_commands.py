"""``export_speakers`` and ``import_speakers``: files out and in, with messages that say what is wrong."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from sessions_app.models import Campaign
from speakers_app import decisions
from speakers_app.mapping import write_mapping
from speakers_app.models import Change, Speaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(campaign, told, editor):
    decisions.name_voice(told.voices.get(number=1), "Anna", editor)
    return campaign


@pytest.fixture
def renamed(named, tmp_path):
    """A file in which Anna is called Anneke."""
    file = tmp_path / "speakers.json"
    file.write_text(write_mapping(named).replace('"Anna"', '"Anneke"'), encoding="utf-8")
    return file


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_export_goes_to_the_screen_or_to_a_file(named, tmp_path):
    assert run("export_speakers", named.uuid) == write_mapping(named)
    run("export_speakers", "the sunken keep", "--output", tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())["speakers"][0]["name"] == "Anna"


def test_import_says_what_it_changed(named, renamed):
    assert run("import_speakers", named.uuid, renamed) == "Changed: 1 renamed\n"
    assert Speaker.objects.get().name == "Anneke"
    assert run("import_speakers", named.uuid, renamed) == "Changed: nothing changes\n"


def test_dry_run_changes_nothing(named, renamed):
    before = Change.objects.count()
    assert run("import_speakers", named.name, renamed, "--dry-run") == "Would change: 1 renamed\n"
    assert Speaker.objects.get().name == "Anna"
    assert Change.objects.count() == before


def test_file_that_does_not_fit_is_refused_with_every_fault(named, renamed):
    renamed.write_text(
        renamed.read_text().replace('"player"', '"king"').replace('"version": 1', '"version": 9')
    )
    with pytest.raises(CommandError) as caught:
        run("import_speakers", named.uuid, renamed)
    message = str(caught.value)
    assert "nothing was changed" in message
    assert "speakers[0].role must be one of" in message
    assert '"version" 1' in message
    assert Speaker.objects.get().name == "Anna"


@pytest.mark.parametrize("name", ["Nowhere", "00000000-0000-4000-8000-000000000000"])
def test_campaign_that_is_not_there_is_said(name, named, renamed):
    for arguments in (("export_speakers", name), ("import_speakers", name, renamed)):
        with pytest.raises(CommandError, match="there is no campaign"):
            run(*arguments)


def test_name_of_two_campaigns_is_not_enough(named):
    other = Campaign.objects.create(name=named.name)
    with pytest.raises(CommandError, match=str(other.uuid)):
        run("export_speakers", named.name)


def test_file_that_cannot_be_read_or_written_is_said(named, tmp_path):
    with pytest.raises(CommandError, match="can't be read"):
        run("import_speakers", named.uuid, tmp_path / "none.json")
    with pytest.raises(CommandError, match="can't be written"):
        run("export_speakers", named.uuid, "--output", tmp_path / "no" / "folder.json")
