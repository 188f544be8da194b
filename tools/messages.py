"""Keeps the catalogues of the interface: ``python -m tools.messages`` after a text was added, changed or translated.

Gathers every text of code and templates into ``locale/<language>/LC_MESSAGES/django.po``, keeping translations, and
compiles the catalogue that Django reads. Babel does the work, so that no program beyond Python is needed.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from engine.language import LANGUAGES as SPOKEN

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = tuple(language for language in SPOKEN if language != "en")
CODE = ("engine", "realtime_app", "scribe_site", "sessions_app", "speakers_app")
HEADER = "# Texts of Scribe's pages; python -m tools.messages brings them up to date."
TELLING = (
    "Told",
    "EngineError",
    "MediaError",
    "MediaRefused",
    "NoAudio",
    "ModelMissing",
    "ModelBroken",
    "ResourceShort",
    "PromptBroken",
    "CannotSplit",
    "ReadingUnfit",
    "ClipTooLong",
)
"""What tells people something: called with the text, and the values in it (:mod:`engine.told`)."""

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    **dict.fromkeys(TELLING),
}


def texts() -> Catalog:
    """Returns every text that a person may read, with the files that it is in."""
    catalog = Catalog(project="Scribe", version="", charset="utf-8")
    for path in sorted(_files()):
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            lines = templatize(source, origin=str(path)).splitlines()
            source = "\n".join(line.lstrip() for line in lines)  # its indentation is none of Python's
        found = extract(
            "python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for _line, message, comments, context in found:
            place = (path.relative_to(ROOT).as_posix(), 0)
            catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


def _files() -> Iterator[Path]:
    for folder in CODE:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)
    for pattern in ("*.html", "*.txt"):
        yield from (ROOT / "templates").rglob(pattern)


def catalogue_path(language: str) -> Path:
    """Returns where the translations of ``language`` lie."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Returns the translations as they are kept; an empty catalogue for a new language."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Scribe", version="")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> Catalog:
    """Brings the catalogue of ``language`` up to date with the texts, and compiles it; returns it."""
    catalog = read(language)
    catalog.update(texts(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.fuzzy, catalog.header_comment = False, HEADER
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = ""
    catalog.revision_date = catalog.creation_date
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False, omit_header=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """Returns the texts that have no translation yet."""
    found = []
    for message in catalog:
        wanted = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(wanted)):
            found.append(str(message.id))
    return found


def main() -> int:
    """Updates all catalogues; returns 1 if a text lacks its translation."""
    missing = 0
    for language in LANGUAGES:
        catalog = update(language)
        left = untranslated(catalog)
        missing += len(left)
        print(f"{language}: {len(catalog)} texts, {len(left)} without a translation")
        for text in left[:20]:
            print(f"  {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
