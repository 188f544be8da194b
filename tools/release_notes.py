"""Reads CHANGELOG.md for the release workflow: ``python tools/release_notes.py --version`` or ``--notes VERSION``.

A version is ready once its heading bears a date, as in ``## [0.2.0] - 2026-11-23``; ``unreleased`` is not a date.
Needs nothing but Python itself.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"

_HEADING = re.compile(r"^## +\[(?P<version>[^\]\s]+)\](?: +- +(?P<when>.*\S))?\s*$")
_NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_LINK = re.compile(r"^\[[^\]]+\]: +\S+$")


class ChangelogBroken(ValueError):
    """The changelog can't be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Section:
    """What the changelog says of one version.

    Attributes:
        version: as in the heading, without a leading v.
        date: of the release; empty while it has none.
        notes: what stands below the heading.
    """

    version: str
    date: str
    notes: str


def sections(text: str) -> list[Section]:
    """Returns the sections of a changelog, the first one first.

    Raises:
        ChangelogBroken: a heading is none of Keep a Changelog's, a version comes twice, or a dated one says nothing.
    """
    found: list[Section] = []
    for heading, body in _parts(text):
        match = _HEADING.match(heading)
        if match is None:
            raise ChangelogBroken(f"not a heading of a version: {heading}")
        version, when = match["version"], match["when"] or ""
        date = when if _DATE.fullmatch(when) else ""
        if not date and when.lower() not in ("", "unreleased"):
            raise ChangelogBroken(f"not a date: {heading}")
        if date and not _NUMBER.fullmatch(version):
            raise ChangelogBroken(f"not a version's number: {heading}")
        if version in {section.version for section in found}:
            raise ChangelogBroken(f"the version comes twice: {heading}")
        if date and not body:
            raise ChangelogBroken(f"nothing is said of what changed: {heading}")
        found.append(Section(version, date, body))
    return found


def newest(text: str) -> Section | None:
    """Returns the first section that has a date; None if there is none."""
    return next((section for section in sections(text) if section.date), None)


def notes(text: str, version: str) -> str:
    """Returns what the changelog says of a version.

    Raises:
        ChangelogBroken: it says nothing of it.
    """
    for section in sections(text):
        if section.version == version.removeprefix("v"):
            return section.notes
    raise ChangelogBroken(f"the changelog has no version {version}")


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yields each heading of the second level with the text below it; links at the end belong to nobody."""
    heading = ""
    body: list[str] = []
    for line in text.splitlines():
        if line.startswith("## "):
            if heading:
                yield heading, "\n".join(body).strip()
            heading, body = line, []
        elif not _LINK.match(line):
            body.append(line)
    if heading:
        yield heading, "\n".join(body).strip()


def main(arguments: list[str] | None = None) -> int:
    """Prints what was asked for; returns 1 if the changelog does not have it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "--version", action="store_true", help="print the newest version that has a date; nothing without one"
    )
    asked.add_argument("--notes", metavar="VERSION", help="print what changed in a version")
    parser.add_argument("--changelog", type=Path, default=CHANGELOG, metavar="FILE")
    chosen = parser.parse_args(arguments)
    text = chosen.changelog.read_text(encoding="utf-8")
    try:
        section = newest(text) if chosen.version else None
        said = notes(text, chosen.notes) if chosen.notes else section.version if section else ""
    except ChangelogBroken as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    if said:
        print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
