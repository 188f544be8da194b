"""The command line, from the parsers that read it."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from scribe_site.config import BASE_DIR

APPS = ("scribe_site", "sessions_app", "speakers_app", "realtime_app")


def commands() -> list[str]:
    """Returns a section for each command of ``manage.py`` that is Scribe's own."""
    plain = {
        option for action in BaseCommand().create_parser("", "")._actions for option in action.option_strings
    }
    lines: list[str] = []
    own = {name: app for name, app in get_commands().items() if app in APPS}
    for name in sorted(own, key=lambda name: (APPS.index(own[name]), name)):
        parser = load_command_class(own[name], name).create_parser("manage.py", name)
        lines += _section(f"manage.py {name}", parser, without=plain)
    return lines


def programs() -> list[str]:
    """Returns a section for each program that is started with ``python -m``."""
    lines: list[str] = []
    for module in ("engine.__main__", *_tools()):
        parser = importlib.import_module(module)._parser()
        called = module.removesuffix(".__main__")
        lines += _section(f"python -m {called}", parser, without={"-h", "--help"})
    return lines


def _tools() -> Iterator[str]:
    """Yields the names of the tools that say what they take."""
    for path in sorted((BASE_DIR / "tools").glob("*.py")):
        if "def _parser(" in path.read_text():
            yield f"tools.{path.stem}"


def _section(title: str, parser: argparse.ArgumentParser, *, without: set[str]) -> list[str]:
    own = [action for action in parser._actions if not (set(action.option_strings) & without)]
    lines = [f"### {title}", "", _text(parser.description or ""), ""]
    lines += ["```text", _usage(title, own), "```", ""]
    described = [action for action in own if action.help is not argparse.SUPPRESS]
    if described:
        lines += ["| Argument | Means |", "|---|---|"]
        lines += [f"| {_called(action)} | {_means(action, title)} |" for action in described]
        lines.append("")
    return lines


def _usage(title: str, own: list[argparse.Action]) -> str:
    parts = [title]
    for action in own:
        value = "" if action.nargs == 0 else _value(action)
        part = f"{action.option_strings[-1]} {value}".strip() if action.option_strings else value
        needed = action.required if action.option_strings else action.nargs not in ("?", "*")
        parts.append(part if needed else f"[{part}]")
    return " ".join(parts)


def _value(action: argparse.Action) -> str:
    if action.choices is not None and not action.metavar:
        return "{" + ",".join(map(str, action.choices)) + "}"
    name = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
    name = name if isinstance(name, str) else " ".join(name)
    return f"{name} …" if action.nargs in ("+", "*") else name


def _called(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else " " + _value(action)
    names = action.option_strings or [""]
    return ", ".join(f"`{f'{name}{value}'.strip()}`" for name in names).replace("|", "\\|")


def _means(action: argparse.Action, title: str) -> str:
    default = action.default
    if isinstance(default, Path):
        default = str(default).replace(str(Path.home()), "~").replace(f"{BASE_DIR}/", "")
    said = (
        (action.help or "").replace("%(default)s", str(default)).replace("%(prog)s", title).replace("%%", "%")
    )
    return _text(said)


def _text(said: str) -> str:
    r"""Returns text of a parser as Markdown.

    >>> _text("reads --output, or FILE*")
    'reads `--output`, or FILE\\*'
    """
    return re.sub(
        r"(?<![\w`-])(--[a-z][a-z-]+)", r"`\1`", re.sub(r"([*_|<])", r"\\\1", " ".join(said.split()))
    )
