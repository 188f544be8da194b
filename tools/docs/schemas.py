"""The JSON Schemas of ``schemas/``, as lists of fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scribe_site.config import BASE_DIR

Node = dict[str, Any]


def schemas() -> list[str]:
    """Returns a section for each schema, with a table for each object in it."""
    lines: list[str] = []
    for path in sorted((BASE_DIR / "schemas").glob("*.json")):
        schema: Node = json.loads(path.read_text())
        link = f"{{download}}`{path.name} <../../schemas/{path.name}>`"
        lines += [f"## {path.name}", "", f"{link}. {schema.get('description', '')}", ""]
        lines += _table("the file", schema)
        for name, node in schema.get("$defs", {}).items():
            if node.get("description") and "properties" not in node:
                lines += [f"`{name}`: {node['description']}", ""]
            lines += _table(name, node)
    return lines


def _table(name: str, node: Node) -> list[str]:
    rows = list(_rows(node, ""))
    if not rows:
        return []
    said = node.get("description", "") if name != "the file" else ""
    return [
        f"**{name}**{': ' if said else ''}{said}",
        "",
        "| Field | Type | Means |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _rows(node: Node, before: str) -> Iterator[str]:
    required = node.get("required", [])
    for name, field in node.get("properties", {}).items():
        said = field.get("description", "").replace("|", "\\|")
        need = "" if name in required else " (may be absent)"
        yield f"| `{before}{name}` | {kind_of(field)}{need} | {said} |"
        yield from _rows(field, f"{before}{name}.")
        if isinstance(field.get("items"), dict):
            yield from _rows(field["items"], f"{before}{name}[].")


def kind_of(node: Node) -> str:
    """Returns the type of a value in words.

    >>> kind_of({"type": ["number", "null"]}), kind_of({"type": "array", "items": {"$ref": "#/$defs/clip"}})
    ('number or null', 'list of clip')
    >>> kind_of({"enum": ["IC", ""]})
    '`"IC"`, `""`'
    """
    if "$ref" in node:
        return str(node["$ref"]).rpartition("/")[2]
    if "const" in node:
        return f"`{json.dumps(node['const'])}`"
    if "enum" in node:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in node["enum"])
    for choice in ("anyOf", "oneOf"):
        if choice in node:
            return " or ".join(dict.fromkeys(kind_of(option) for option in node[choice]))
    kind = node.get("type", "anything")
    kind = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if "array" in kind:
        return kind.replace("array", f"list of {kind_of(node.get('items') or {})}")
    return kind
