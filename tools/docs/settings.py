"""The table of settings, from the settings class; its groups are the comments that divide the class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from scribe_site.config import Config
from tools.env_example import shown_default, variable

_SIGNS = {Ge: "≥", Gt: ">", Le: "≤", Lt: "<"}
_NAMES = {bool: "true or false", int: "whole number", float: "number", SecretStr: "secret"}


def settings_table() -> list[str]:
    """Returns the lines of a Markdown table for each group of settings."""
    lines: list[str] = []
    for group, names in groups():
        lines += [f"## {group}", "", "| Setting | Default | Takes | Means |", "|---|---|---|---|"]
        lines += [_row(name, Config.model_fields[name]) for name in names]
        lines.append("")
    return lines


def groups() -> Iterator[tuple[str, list[str]]]:
    """Yields the heading of each group with the names of its fields, in the order of the class."""
    group, names = "", list[str]()
    for line in inspect.getsource(Config).splitlines():
        if heading := re.fullmatch(r"    # (\w.*)", line):
            if names:
                yield group, names
            group, names = heading[1], []
        elif (field := re.match(r"    (\w+): ", line)) and field[1] in Config.model_fields:
            names.append(field[1])
    yield group, names


def _row(name: str, field: FieldInfo) -> str:
    default = shown_default(field)
    shown = f"`{default}`" if default else ""
    means = (field.description or "").replace("|", "\\|")
    return f"| `{variable(name, field)}` | {shown} | {takes(field)} | {means} |"


def takes(field: FieldInfo) -> str:
    """Returns what a field accepts, in words.

    >>> takes(Config.model_fields["workers"])
    'whole number, ≥ 1, ≤ 64'
    >>> takes(Config.model_fields["mode"])
    '`home`, `production`'
    """
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    bounds = [
        f"{sign} {getattr(bound, bound_name)}"
        for bound in field.metadata
        for kind_of_bound, sign in _SIGNS.items()
        if isinstance(bound, kind_of_bound)
        for bound_name in (kind_of_bound.__name__.lower(),)
    ]
    return ", ".join([_NAMES.get(kind, "text" if kind is str else "folder"), *bounds])
