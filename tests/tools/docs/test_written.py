"""What the documentation writes from the code is all there."""

from __future__ import annotations

import json

import pytest
from django.core.management import get_commands

from scribe_site.config import BASE_DIR, Config
from tools.docs.api import pages, public_modules, write_api
from tools.docs.commands import APPS, commands, programs
from tools.docs.schemas import kind_of, schemas
from tools.docs.settings import groups, settings_table
from tools.env_example import variable


def test_every_setting_is_in_the_table_once():
    rows = [line.split("`")[1] for line in settings_table() if line.startswith("| `")]
    assert sorted(rows) == sorted(variable(name, field) for name, field in Config.model_fields.items())


def test_every_group_of_settings_has_a_heading():
    assert all(heading and names for heading, names in groups())


def test_every_command_of_scribe_has_a_section():
    own = {name for name, app in get_commands().items() if app in APPS}
    assert own == {line.removeprefix("### manage.py ") for line in commands() if line.startswith("### ")}


def test_options_that_django_gives_to_every_command_are_left_out():
    assert not any("--verbosity" in line for line in commands())


def test_the_engine_and_the_tools_with_a_parser_have_sections():
    titles = [line for line in programs() if line.startswith("### ")]
    assert "### python -m engine" in titles
    assert "### python -m tools.benchmark" in titles


def test_no_folder_of_this_machine_stands_in_the_command_line():
    assert not any(str(BASE_DIR) in line for line in [*commands(), *programs()])


@pytest.mark.parametrize("path", sorted((BASE_DIR / "schemas").glob("*.json")), ids=lambda path: path.stem)
def test_every_field_of_a_schema_is_listed(path):
    text = "\n".join(schemas())
    assert f"## {path.name}" in text
    assert all(f"`{name}`" in text for name in json.loads(path.read_text())["properties"])


def test_a_reference_is_named_by_what_it_refers_to():
    assert kind_of({"anyOf": [{"$ref": "#/$defs/clip"}, {"type": "null"}]}) == "clip or null"


def test_every_public_module_is_on_one_page():
    assert sorted(name for names in pages().values() for name in names) == public_modules()


def test_pages_of_modules_that_are_gone_go_too(tmp_path):
    (tmp_path / "engine.gone.rst").write_text("old")
    write_api(tmp_path)
    assert not (tmp_path / "engine.gone.rst").exists()
    assert (tmp_path / "engine.rst").exists()
