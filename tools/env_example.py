"""Writes ``.env.example`` from the settings class, so that the two never differ: ``python -m tools.env_example``."""

from __future__ import annotations

import textwrap
from pathlib import Path

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from scribe_site.config import BASE_DIR, Config

PATH = BASE_DIR / ".env.example"

_HEAD = """\
# Every setting of Scribe with its default. Copy this file to .env and change what you need;
# variables of the environment win over the file. Written by tools/env_example.py from scribe_site/config.py.
"""


def variable(name: str, field: FieldInfo) -> str:
    """Returns the name of the environment variable that sets the field ``name``."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return f"SCRIBE_{name.upper()}"


def shown_default(field: FieldInfo) -> str:
    """Returns a field's default as it stands in the file; paths relative to the project's folder."""
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path):
        value = value.relative_to(BASE_DIR)
    return str(value).lower() if isinstance(value, bool) else str(value)


def render() -> str:
    """Returns the text of ``.env.example``."""
    blocks = [_HEAD]
    for name, field in Config.model_fields.items():
        description = textwrap.fill(field.description or "", 110, initial_indent="# ", subsequent_indent="# ")
        blocks.append(f"{description}\n# {variable(name, field)}={shown_default(field)}\n")
    return "\n".join(blocks)


if __name__ == "__main__":
    PATH.write_text(render())
